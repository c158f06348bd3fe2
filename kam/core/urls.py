from django.urls import path

from kam.core.views import gallery, jobs, organisation, rates, shell

app_name = "core"
urlpatterns = [
    path("jobs/", jobs.job_list, name="job-list"),
    path("jobs/<int:pk>/", jobs.job_detail, name="job-detail"),
    path("jobs/<int:pk>/retry/", jobs.job_retry, name="job-retry"),
    path("settings/", organisation.settings, name="settings"),
    path("settings/organisation/", organisation.organisation_edit, name="organisation-edit"),
    path("settings/companies/", organisation.company_list, name="company-list"),
    path("settings/companies/new/", organisation.company_create, name="company-create"),
    path("settings/companies/<int:pk>/", organisation.company_edit, name="company-edit"),
    path("settings/companies/<int:pk>/delete/", organisation.company_delete, name="company-delete"),
    path("settings/currencies/", rates.currency_list, name="currency-list"),
    path("settings/rates/", rates.rate_list, name="rate-list"),
    path("settings/rates/new/", rates.rate_create, name="rate-create"),
    path("settings/rates/<int:pk>/", rates.rate_edit, name="rate-edit"),
    path("settings/rates/<int:pk>/delete/", rates.rate_delete, name="rate-delete"),
    path("settings/about/", organisation.about, name="about"),
    path("search/", shell.search, name="search"),
    path("preferences/", shell.preferences, name="preferences"),
    path("_gallery/", gallery.gallery, name="gallery"),
    path("_gallery/<slug:part>/", gallery.part, name="gallery-part"),
]
