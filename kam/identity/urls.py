from django.urls import path

from kam.identity.views import delegations, demo, profile, sign_in, teams, tokens, users

app_name = "identity"
urlpatterns = [
    path("sign-in/", sign_in.sign_in, name="sign-in"),
    path("sign-out/", sign_in.sign_out, name="sign-out"),
    path("welcome/", sign_in.first_run, name="first-run"),
    path("set-password/<str:uid>/<str:token>/", sign_in.password_set, name="password-set"),
    path("profile/", profile.profile, name="profile"),
    path("profile/edit/", profile.profile_edit, name="profile-edit"),
    path("profile/password/", profile.password_change, name="password-change"),
    path("profile/sessions/", profile.sessions_end, name="sessions-end"),
    path("profile/absences/new/", delegations.own_create, name="absence-create"),
    path("profile/tokens/new/", tokens.own_create, name="token-create"),
    path("profile/tokens/<int:pk>/revoke/", tokens.revoke, name="token-revoke"),
    path("settings/users/", users.user_list, name="user-list"),
    path("settings/users/new/", users.user_create, name="user-create"),
    path("settings/users/<int:pk>/", users.user_detail, name="user-detail"),
    path("settings/users/<int:pk>/edit/", users.user_edit, name="user-edit"),
    path("settings/users/<int:pk>/password-link/", users.password_link, name="password-link"),
    path("settings/users/<int:pk>/password-mail/", users.password_mail, name="password-mail"),
    path("settings/users/<int:pk>/sessions/", users.user_sessions_end, name="user-sessions-end"),
    path("settings/users/<int:pk>/tokens/new/", tokens.create_for, name="user-token-create"),
    path("settings/demo/clear/", demo.demo_clear, name="demo-clear"),
    path("settings/teams/", teams.team_list, name="team-list"),
    path("settings/teams/new/", teams.team_create, name="team-create"),
    path("settings/teams/<int:pk>/", teams.team_edit, name="team-edit"),
    path("settings/teams/<int:pk>/delete/", teams.team_delete, name="team-delete"),
    path("settings/absences/", delegations.delegation_list, name="delegation-list"),
    path("settings/absences/new/", delegations.delegation_create, name="delegation-create"),
    path("absences/<int:pk>/end/", delegations.delegation_end, name="delegation-end"),
]
