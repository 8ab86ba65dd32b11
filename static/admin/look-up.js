/* Beside a form stands what the server answers to it, a moment after its last change. */

const PAUSE = 400;

/* `question` tells the address and the body. Returns two verbs: look at once, and soon. */
export function lookUp(here, question) {
  let waiting = 0;
  let asked = null;

  async function look() {
    asked?.abort();
    asked = new AbortController();
    here.setAttribute("aria-busy", "true");
    try {
      const [address, body] = question();
      const answer = await fetch(address, {
        method: "POST",
        body,
        signal: asked.signal,
      });
      if (!answer.ok || answer.redirected) throw new Error(answer.status);
      here.innerHTML = await answer.text();
    } catch (error) {
      if (error.name === "AbortError") return;
      here.textContent =
        "This could not be looked up. It tries again with the next change.";
    }
    here.removeAttribute("aria-busy");
  }

  function soon() {
    // What stands there answers something else from now on.
    asked?.abort();
    here.setAttribute("aria-busy", "true");
    clearTimeout(waiting);
    waiting = setTimeout(look, PAUSE);
  }

  return { look, soon };
}
