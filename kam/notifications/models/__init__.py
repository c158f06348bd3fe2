from kam.notifications.models.choices import Delivery, Preference
from kam.notifications.models.notifications import Notification
from kam.notifications.models.snoozes import TodoSnooze

__all__ = ["Delivery", "Notification", "Preference", "TodoSnooze"]
