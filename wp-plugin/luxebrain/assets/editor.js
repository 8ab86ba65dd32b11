// The blocks in the editor: each is drawn by the shop itself, so what is seen is what shoppers get.
(({ blocks, element, components, blockEditor, serverSideRender, i18n }) => {
  const { createElement: el, Fragment } = element;
  const { __ } = i18n;
  const { InspectorControls, useBlockProps } = blockEditor;
  const { Disabled, PanelBody, Placeholder, RangeControl, SelectControl, TextControl } =
    components;
  const BARE = ["luxebrain/hero", "luxebrain/price-line", "luxebrain/visual-search"];

  const places = () =>
    blocks
      .getBlockTypes()
      .filter(
        ({ name }) =>
          name.startsWith("luxebrain/") && name !== "luxebrain/recommendations",
      )
      .map(({ title, attributes }) => ({
        label: title,
        value: attributes.placement.default,
      }));

  const nothing = () =>
    el(Placeholder, {
      icon: "products",
      label: "LuxeBrain",
      instructions: __(
        "Nothing to show yet: this place fills by itself once LuxeBrain is connected and has picked products.",
        "luxebrain",
      ),
    });

  const controls = (name, { placement, limit, title, product }, setAttributes) =>
    el(
      PanelBody,
      { title: __("Shelf", "luxebrain") },
      name === "luxebrain/recommendations" &&
        el(SelectControl, {
          label: __("Placement", "luxebrain"),
          value: placement,
          options: places(),
          onChange: (value) => setAttributes({ placement: value }),
        }),
      !BARE.includes(name) &&
        el(
          Fragment,
          null,
          el(TextControl, {
            label: __("Heading", "luxebrain"),
            help: __("Leave it empty for LuxeBrain's own.", "luxebrain"),
            value: title,
            onChange: (value) => setAttributes({ title: value }),
          }),
          el(RangeControl, {
            label: __("Products at most", "luxebrain"),
            help: __("0: as many as LuxeBrain is set to show here.", "luxebrain"),
            value: limit,
            min: 0,
            max: 24,
            onChange: (value) => setAttributes({ limit: value }),
          }),
        ),
      el(TextControl, {
        label: __("Product", "luxebrain"),
        help: __(
          "The number of a product. Leave it empty for the product of the page.",
          "luxebrain",
        ),
        type: "number",
        min: 0,
        value: product || "",
        onChange: (value) =>
          setAttributes({ product: Number.parseInt(value, 10) || 0 }),
      }),
    );

  const edit = (name) => (props) =>
    el(
      "div",
      useBlockProps(),
      el(
        InspectorControls,
        null,
        controls(name, props.attributes, props.setAttributes),
      ),
      el(
        Disabled,
        null,
        el(serverSideRender, {
          block: name,
          attributes: props.attributes,
          EmptyResponsePlaceholder: nothing,
        }),
      ),
    );

  const names = [
    "recommendations",
    "hero",
    "home-picks",
    "category-top",
    "similar",
    "bought-together",
    "complete-outfit",
    "upsell",
    "cart-cross-sell",
    "recently-viewed",
    "trending",
    "new-for-you",
    "visual-search",
    "price-line",
    "thank-you",
  ];
  for (const name of names.map((ending) => `luxebrain/${ending}`)) {
    // Title, attributes and supports come from the server; only what PHP cannot say stands here.
    blocks.registerBlockType(name, { edit: edit(name), save: () => null });
  }
})(window.wp);
