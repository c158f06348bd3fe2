"""What people look like over the API."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from kam.core.api.serializers import Output
from kam.identity.choices import Role, TokenScope
from kam.identity.models import ApiToken, User
from kam.identity.permissions import CAPABILITIES


class PersonOutput(Output):
    """A colleague, as others refer to them."""

    id = serializers.IntegerField(source="pk")
    name = serializers.CharField(source="__str__")
    email = serializers.EmailField()


class TeamOutput(Output):
    """A sales team."""

    id = serializers.IntegerField()
    name = serializers.CharField()


class TokenOutput(Output):
    """The token that a request came with; never its key."""

    name = serializers.CharField()
    prefix = serializers.CharField()
    scope = serializers.ChoiceField(choices=TokenScope.choices)
    expires_at = serializers.DateTimeField(allow_null=True)


class MeOutput(Output):
    """Who asks, and what they may do."""

    id = serializers.IntegerField(source="pk")
    name = serializers.CharField(source="__str__")
    email = serializers.EmailField()
    language = serializers.CharField()
    roles = serializers.ListField(child=serializers.ChoiceField(choices=Role.choices))
    team = TeamOutput(allow_null=True)
    capabilities = serializers.SerializerMethodField()
    sees_everything = serializers.BooleanField()
    token = serializers.SerializerMethodField()

    def get_capabilities(self, user: User) -> list[str]:
        """What the roles grant, sorted."""
        return sorted(name for name in CAPABILITIES if user.can(name))

    @extend_schema_field(TokenOutput(allow_null=True))
    def get_token(self, user: User) -> Any:
        """The token of this request; null in a browser's session."""
        token: Any = self.context["request"].auth
        return TokenOutput(token).data if isinstance(token, ApiToken) else None
