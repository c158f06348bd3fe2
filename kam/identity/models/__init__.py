from kam.identity.models.sign_ins import SignInFailure
from kam.identity.models.tokens import ApiToken
from kam.identity.models.users import Delegation, SalesTeam, User

__all__ = ["ApiToken", "Delegation", "SalesTeam", "SignInFailure", "User"]
