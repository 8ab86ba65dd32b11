"""The admin's menu, by the merchant's jobs rather than by tables, and its looks."""

from __future__ import annotations

from typing import Any

from django.templatetags.static import static
from django.urls import reverse_lazy

# Warm, quiet, and readable on both grounds: plum on stone.
STONE = {
    "50": "oklch(98.5% .003 60)",
    "100": "oklch(96.8% .004 60)",
    "200": "oklch(92.3% .006 60)",
    "300": "oklch(86.6% .008 60)",
    "400": "oklch(70.5% .012 60)",
    "500": "oklch(54.5% .014 60)",
    "600": "oklch(44% .013 60)",
    "700": "oklch(36.8% .012 60)",
    "800": "oklch(26.5% .009 60)",
    "900": "oklch(20.5% .008 60)",
    "950": "oklch(14% .006 60)",
}
PLUM = {
    "50": "oklch(97.4% .014 350)",
    "100": "oklch(94.6% .03 350)",
    "200": "oklch(89.5% .06 350)",
    "300": "oklch(81.5% .1 350)",
    "400": "oklch(70.5% .14 352)",
    "500": "oklch(67% .15 353)",
    "600": "oklch(47.5% .15 354)",
    "700": "oklch(41% .13 354)",
    "800": "oklch(35% .105 354)",
    "900": "oklch(30% .085 354)",
    "950": "oklch(20% .06 354)",
}


def page(title: str, icon: str, model: str, **more: Any) -> dict[str, Any]:
    """A list of rows; offered to whoever may see one."""
    name = f"admin:{model.replace('.', '_')}_changelist"
    return {
        "title": title,
        "icon": icon,
        "link": reverse_lazy(name),
        "model": model,
        **more,
    }


def link(title: str, icon: str, name: str) -> dict[str, Any]:
    return {"title": title, "icon": icon, "link": reverse_lazy(name)}


def group(title: str, *items: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"title": title, "items": list(items), **more}


WAITING = "apps.backoffice.badges.waiting_suggestions"
OPEN_NOTICES = "apps.backoffice.badges.open_notices"


def menu() -> list[dict[str, Any]]:
    return [
        group(
            "",
            link("Home", "home", "admin:index"),
            page("Suggestions", "inbox", "decisions.suggestion", count=WAITING),
        ),
        group(
            "Sell",
            page("Orders", "receipt_long", "shop.order"),
            page("Refunds", "undo", "shop.refund"),
            page("Coupons", "sell", "shop.coupon"),
        ),
        group(
            "Products",
            page("Products", "checkroom", "shop.product"),
            page("Sizes and colors", "straighten", "shop.variant"),
            page("Categories", "category", "shop.category"),
            page("Price history", "price_change", "shop.pricechange"),
            page("Stock history", "inventory_2", "shop.stockchange"),
            page("Product numbers", "monitoring", "features.productfeatures"),
        ),
        group(
            "Customers",
            page("Customers", "group", "shop.customer"),
            page("Consents", "verified_user", "shop.consent"),
            page("Privacy requests", "policy", "privacy.privacyrequest"),
            page("Devices", "devices", "events.link"),
            page("Who is who", "how_to_reg", "events.identitychange"),
            page("Customer numbers", "insights", "features.customerfeatures"),
            page("Segments", "groups_2", "segmentation.segment"),
            link("Five kinds of customers", "diversity_3", "kinds"),
            link("Who buys how", "grid_view", "rfm_grid"),
            page("RFM scores", "grade", "segmentation.rfmscore"),
            link("Cohorts", "table_chart", "cohorts"),
        ),
        group(
            "Visitors",
            link("Live", "sensors", "live"),
            link("Visitors and funnel", "filter_alt", "visitors"),
            link("Who comes back", "event_repeat", "returning"),
            link("Searches and obstacles", "search", "searches"),
            link("Where people click", "ads_click", "clicks"),
            page("Visits", "footprint", "events.session"),
            page("Tracking settings", "tune", "events.tracking"),
        ),
        group(
            "Suppliers",
            page("Suppliers", "local_shipping", "inventory.supplier"),
            page("Supply terms", "request_quote", "inventory.supplyterm"),
        ),
        group(
            "Picks",
            link("How good they are", "leaderboard", "picks_board"),
            link("Try a shelf", "storefront", "try_a_shelf"),
            link("What if…", "help", "what_if_page"),
            page("Shelf settings", "tune", "recommendations.shelfsettings"),
        ),
        group(
            "Storefront",
            page("Placements", "dashboard", "storefront.placement"),
            page("Rules", "gavel", "storefront.rule"),
            page("Banners", "panorama", "storefront.banner"),
            page("Lines under the price", "short_text", "storefront.linesettings"),
        ),
        group(
            "Results",
            link("What brought it", "call_split", "what_brought_it"),
            page("Ad spend", "payments", "outcomes.channelcost"),
            page("Rules for results", "tune", "outcomes.outcomesettings"),
            page("Tests", "science", "experiments.experiment"),
            link("People left alone", "do_not_disturb_on", "left_alone"),
        ),
        group(
            "The brain",
            page("Decisions", "psychology", "decisions.decision"),
            page("Results", "flag", "decisions.outcome"),
            link("Your feedback", "thumbs_up_down", "admin:suggestion_feedback"),
            page("Models", "model_training", "registry.modelversion"),
            page("Trainings", "exercise", "registry.trainingrun"),
        ),
        group(
            "Shop connection",
            page("Connection", "link", "sync.connection"),
            page("Syncs", "sync", "sync.run"),
            page("Proof", "fact_check", "sync.certificate"),
            page("Webhooks", "webhook", "sync.hook"),
            page("Deliveries", "move_to_inbox", "sync.delivery"),
            page("Notices", "notifications", "sync.notice", count=OPEN_NOTICES),
            page("Data quality", "rule", "sync.finding"),
            page("Changes in the shop", "publish", "sync.write"),
            page("Files", "upload_file", "sync.fileimport"),
        ),
        group(
            "Store and team",
            page("Store settings", "storefront", "accounts.store"),
            page("Team", "badge", "accounts.membership"),
            page("Keys", "key", "accounts.apikey"),
            page("Website addresses", "language", "accounts.storeorigin"),
            page("Plan and usage", "speed", "accounts.usage"),
            page("Audit trail", "history", "accounts.auditentry"),
        ),
        group(
            "System",
            page("People", "person", "accounts.user"),
            page("Permission groups", "groups", "auth.group"),
            page("Periodic jobs", "schedule", "django_celery_beat.periodictask"),
            page("Intervals", "timer", "django_celery_beat.intervalschedule"),
            page("Cron times", "calendar_clock", "django_celery_beat.crontabschedule"),
            page("Job results", "task_alt", "django_celery_results.taskresult"),
            page("Two-step devices", "phonelink_lock", "otp_totp.totpdevice"),
            page("Recovery codes", "lock_reset", "otp_static.staticdevice"),
            collapsible=True,
            separator=True,
        ),
    ]


def unfold_settings() -> dict[str, Any]:
    return {
        "SITE_TITLE": "LuxeBrain",
        "SITE_HEADER": "LuxeBrain",
        "SITE_SYMBOL": "neurology",
        "SITE_URL": "/demo/",
        "SHOW_VIEW_ON_SITE": False,
        "BORDER_RADIUS": "8px",
        "COLORS": {"base": STONE, "primary": PLUM},
        "SITE_FAVICONS": [
            {
                "rel": "icon",
                "type": "image/svg+xml",
                "href": lambda request: static("admin/favicon.svg"),
            }
        ],
        "STYLES": [lambda request: static("admin/merchant.css")],
        "SIDEBAR": {"show_search": True, "navigation": menu()},
        "COMMAND": {"search_models": ["shop.order", "shop.product", "shop.customer"]},
        "ACCOUNT": {
            "navigation": [
                {"title": "Two-step sign-in", "link": reverse_lazy("two_step")},
            ]
        },
        "DASHBOARD_CALLBACK": "luxebrain.home.page",
        "GLOBAL_CALLBACK": "apps.backoffice.switcher.context",
        # Not the theme's own: apps/core/merchant_admin/recording.py.
        "AUDIT": "apps.accounts.services.audit.record",
    }
