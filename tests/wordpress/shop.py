"""A shop of Maison: products that the tests know by name."""

from __future__ import annotations

from typing import Any

from tests.wordpress.site import Site

ACTIVATE = "activate_plugin('woocommerce/woocommerce.php');"
# A hidden product and one without a price are never to be shown.
PRODUCTS = [
    {"name": "Linen dress", "regular_price": "49.90", "category": "Dresses"},
    {"name": "Silk blouse", "regular_price": "89.00", "category": "Blouses"},
    {"name": "Wool coat", "regular_price": "249.00", "sale_price": "199.00", "category": "Coats"},
    {"name": "Denim jacket", "regular_price": "79.50", "category": "Coats"},
    {"name": "Pleated skirt", "regular_price": "59.00", "category": "Dresses"},
    {"name": "Knitted cardigan with a collar and mother-of-pearl buttons", "regular_price": "1299.00", "category": "Blouses"},
    {"name": "فستان من الكتان", "regular_price": "64.00", "category": "Dresses"},
    {"name": "Sold-out scarf", "regular_price": "19.00", "stock_status": "outofstock", "category": "Coats"},
    {"name": "Hidden sample", "regular_price": "1.00", "catalog_visibility": "hidden", "category": "Coats"},
    {"name": "No price yet", "regular_price": "", "category": "Coats"},
]  # fmt: skip
MAKE = """
flush_rewrite_rules( false );
$ids = array();
foreach ( $given['products'] as $one ) {
    $category = term_exists( $one['category'], 'product_cat' );
    $category = $category ? $category : wp_insert_term( $one['category'], 'product_cat' );
    $product  = new WC_Product_Simple();
    $product->set_category_ids( array( (int) $category['term_id'] ) );
    foreach ( array_diff_key( $one, array( 'category' => 1 ) ) as $name => $value ) {
        $product->{ 'set_' . $name }( $value );
    }
    $ids[ $one['name'] ] = $product->save();
}
$shirt = new WC_Product_Variable();
$shirt->set_name( 'Cotton shirt' );
$shirt->save();
foreach ( array( 'S' => '35.00', 'M' => '35.00', 'L' => '39.00' ) as $size => $price ) {
    $variation = new WC_Product_Variation();
    $variation->set_name( "Cotton shirt - $size" );
    $variation->set_parent_id( $shirt->get_id() );
    $variation->set_attributes( array( 'size' => $size ) );
    $variation->set_regular_price( $price );
    $variation->save();
}
$ids['Cotton shirt'] = $shirt->get_id();
return $ids;
"""


class Shop:
    """open() makes it; `ids` are its products by name."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.ids: dict[str, int] = {}

    def open(self) -> None:
        """Made once for all tests; after that only put back."""
        if self.site.shop is None:
            self.site.php(ACTIVATE)
            self.site.shop = self.site.php(MAKE, products=PRODUCTS)
            self.site.keep("shop")
        else:
            self.site.put_back("shop")
        self.ids = dict(self.site.shop)

    def add(self, **product: Any) -> int:
        """One product more: name, prices, whatever WC_Product can set."""
        made = self.site.php(MAKE, products=[{"category": "Dresses", **product}])
        return int(made[product["name"]])

    def page(self, name: str) -> str:
        """The path of shop, cart or checkout."""
        page = self.site.php(f"return get_option('woocommerce_{name}_page_id');")
        return "/?post_type=product" if name == "shop" else f"/?page_id={page}"

    def product(self, name: str) -> str:
        """The path of a product's page."""
        return f"/?post_type=product&p={self.ids[name]}"

    def category(self, name: str) -> str:
        slug = self.site.php(
            "return get_term_by('name', $given['name'], 'product_cat')->slug;",
            name=name,
        )
        return f"/?product_cat={slug}"

    def refresh(self) -> None:
        """What the background does."""
        self.site.php("do_action('luxebrain_refresh_shelves');")

    def theme(self, name: str) -> None:
        self.site.php("switch_theme($given['name']);", name=name)
