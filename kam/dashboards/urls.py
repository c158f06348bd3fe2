from django.urls import path

from kam.dashboards import views

app_name = "dashboards"
urlpatterns = [path("", views.my_day, name="my-day")]
