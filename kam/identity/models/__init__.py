from kam.identity.models.tokens import ApiToken
from kam.identity.models.users import Delegation, SalesTeam, User

__all__ = ["ApiToken", "Delegation", "SalesTeam", "User"]
