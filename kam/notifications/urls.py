from django.urls import path

from kam.notifications.views import notifications, preferences, snoozes

app_name = "notifications"
urlpatterns = [
    path("notifications/", notifications.notification_list, name="list"),
    path("notifications/bell/", notifications.bell, name="bell"),
    path("notifications/read/", notifications.read, name="read"),
    path("notifications/unread/", notifications.unread, name="unread"),
    path("notifications/read-all/", notifications.read_all, name="read-all"),
    path("notifications/<int:pk>/open/", notifications.open_one, name="open"),
    path("notifications/off/<str:token>/", preferences.unsubscribe, name="unsubscribe"),
    path("profile/notifications/", preferences.preferences, name="preferences"),
    path("my-day/put-off/", snoozes.put_off, name="put-off"),
    path("my-day/bring-back/", snoozes.bring_back, name="bring-back"),
]
