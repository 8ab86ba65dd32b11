// What is worth knowing, but not worth two kilobytes on each page: clicks for the heat
// map, errors in forms, the start of WooCommerce's checkout. Load it beside luxebrain.js,
// which asks for consent: without a yes each of these calls is dropped.
(() => {
  const tell = (type, fields) => {
    window.luxebrain ??= [];
    window.luxebrain.push(["track", type, fields]);
  };
  const name = (el) => `${el.localName}#${el.id}.${el.classList}`.slice(0, 200);

  addEventListener(
    "click",
    ({ target, pageX, pageY }) => {
      const control = target.closest("a,button,[role=button]");
      if (!control) return;
      const { scrollWidth, scrollHeight } = document.documentElement;
      tell("click", {
        element: name(control),
        // Without its query: keys of orders stand there.
        href: control.href?.split(/[?#]/)[0],
        x: Math.min(1, pageX / scrollWidth),
        y: Math.min(1, pageY / scrollHeight),
      });
    },
    true,
  );

  addEventListener(
    "invalid",
    ({ target }) => {
      // The browser's own words would repeat what was typed.
      for (const problem in target.validity) {
        if (target.validity[problem])
          tell("form_error", { element: name(target), problem });
      }
    },
    true,
  );

  const start = () => {
    if (/woocommerce-checkout(?!.*order-received)/.test(document.body.className))
      tell("checkout_start", {});
  };
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", start);
  else start();
})();
