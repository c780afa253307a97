"""The scheduler knows every periodic task, and each table that only grows has somebody who prunes it."""

from importlib import import_module
from pathlib import Path

from django.apps import apps

from portal.schedule import beat_schedule

ROOT = Path(__file__).resolve().parents[2]
PRUNED = {
    "account.EmailConfirmation": "not in use: addresses of staff are confirmed by who adds them",
    "cases.Contact": "forget_unconfirmed",
    "cases.Draft": "forget_drafts",
    "cases.File": "forget_files",
    "cases.Follow": "forget_unconfirmed",
    "cases.Support": "forget_unconfirmed",
    "citizens.Access": "forget_accesses",
    "citizens.Passkey": "forget_passkeys",
    "field.Shot": "forget_shots",
    "intake.IncomingMail": "forget_mails",
    "reports.MapDelta": "fold_map_counts",
    "reports.MapCount": "fold_map_counts",
    "moderation.Bulk": "forget_bulks",
    "moderation.BulkItem": "with its bulk",
    "notifications.Delivery": "forget_old_deliveries",
    "outbox.Change": "prune",
    "outbox.Event": "prune",
    "outbox.Job": "prune",
    "portal.Trouble": "watch",
    "sessions.Session": "forget_sessions",
    "subscriptions.Hit": "forget_subscriptions",
    "subscriptions.Mailing": "forget_subscriptions",
    "subscriptions.Subscriber": "forget_subscriptions",
    "subscriptions.Subscription": "forget_subscriptions",
    "subscriptions.Criterion": "with its subscription",
}
"""Tables with rows that come by themselves, and what takes them away (docs/retention.md)."""
KEPT = {
    # The record itself.
    *("cases.Case", "cases.Entry", "reports.Report", "reports.Photo"),
    # With their case.
    *("cases.Forward", "cases.Hold", "cases.Look", "cases.Merge", "cases.Watcher", "dispatch.Job"),
    # With what they come from, by triggers.
    *("reports.PublicWords", "reports.DeskWords"),
    # The log of what was deleted, of who changed a rule, and which municipality left when.
    *("cases.Erasure", "accounts.RuleChange", "portal.Departure"),
    # What people set up, as much as there is to set up.
    *("accounts.Directory", "accounts.DirectoryGroup", "socialaccount.SocialAccount"),
    # Of the login library; nothing is ever written there (tokens are not kept, directories stand in our own rows).
    *("socialaccount.SocialApp", "socialaccount.SocialToken"),
    *("accounts.Absence", "accounts.Membership", "accounts.SetUpStep", "accounts.Unit", "accounts.User"),
    *("accounts.User_groups", "accounts.User_user_permissions", "account.EmailAddress", "mfa.Authenticator"),
    *("auth.Group", "auth.Group_permissions", "auth.Permission", "contenttypes.ContentType"),
    *("cases.Responsibility", "cases.Stage", "cases.TextBlock", "cases.Topic"),
    *("form_engine.Form", "form_engine.FormVersion", "reports.Category", "reports.Emergency"),
    *("geo.Address", "geo.District", "geo.Municipality", "geo.Street"),
    *("pages.Page", "pages.Statement", "pages.Video"),
    "moderation.SavedView",
    # A row for each crew's phone, for whoever opened the field view, and for each program with a key.
    *("accounts.Phone", "dispatch.Presence", "accounts.ApiKey"),
    # A row for each kind of process.
    "portal.Beat",
    # A row for each mailbox.
    "intake.Mailbox",
}


def test_every_periodic_task_is_scheduled():
    modules = [path.relative_to(ROOT) for path in [*ROOT.glob("*/tasks.py"), *ROOT.glob("portal/*/tasks.py")]]
    written = {
        entry.task.name
        for path in modules
        for entry in getattr(import_module(".".join(path.with_suffix("").parts)), "SCHEDULE", [])
    }
    assert len(written) > 5
    assert {entry["task"] for entry in beat_schedule().values()} == written


def test_every_table_is_pruned_or_kept_on_purpose():
    models = apps.get_models(include_auto_created=True)
    tables = {model._meta.label for model in models if model._meta.app_label != "gis"}
    unknown = tables - set(PRUNED) - KEPT
    assert not unknown, "does it grow by itself? then name the task that prunes it, here and in docs/retention.md"


def test_what_prunes_is_scheduled():
    tasks = {name.rpartition(".")[2] for name in beat_schedule()}
    assert {name for name in PRUNED.values() if " " not in name} <= tasks
