"""A network of sites: the same WordPress, made many. Only PHP is run in it, no page is opened."""

from __future__ import annotations

from typing import Any

from tests.wordpress.site import Site

MAKE = """
global $wpdb;
foreach ( $wpdb->tables( 'ms_global' ) as $name => $table ) { $wpdb->$name = $table; }
install_network();
populate_network( 1, '127.0.0.1', 'ada@maison.example', 'Maisons', '/', false );
"""
DEFINED = """
define( 'MULTISITE', true );
define( 'SUBDOMAIN_INSTALL', false );
define( 'DOMAIN_CURRENT_SITE', '127.0.0.1' );
define( 'PATH_CURRENT_SITE', '/' );
define( 'SITE_ID_CURRENT_SITE', 1 );
define( 'BLOG_ID_CURRENT_SITE', 1 );

require_once"""


class Network(Site):
    """Site 1 is there after start(); add() makes more."""

    def start(self) -> None:
        super().start()
        self.php("deactivate_plugins('luxebrain/luxebrain.php');")
        self.php(MAKE)
        config = self.root / "wp-config.php"
        lines = [
            line
            for line in config.read_text().splitlines()
            # Each site has an address of its own.
            if "WP_HOME" not in line and "WP_SITEURL" not in line
        ]
        config.write_text("\n".join(lines).replace("\nrequire_once", DEFINED, 1) + "\n")

    def add(self, path: str) -> int:
        made = "return wpmu_create_blog('127.0.0.1', $given['path'], 'Another', 1);"
        return int(self.php(made, path=path))

    def on(self, blog: int, code: str, **given: Any) -> Any:
        """What `code` returns in one of the sites."""
        return self.php(f"switch_to_blog({blog}); {code}", **given)

    def ours(self) -> list[str]:
        """Complaints about us: WordPress 6.1's network code draws some from PHP 8.2."""
        return [line for line in self.complaints() if "plugins/luxebrain" in line]

    def tables(self, like: str) -> list[str]:
        return self.database.sql(f"SHOW TABLES LIKE '{like}'", "wordpress").split()
