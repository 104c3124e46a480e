// Runs before anything is painted: theme and language as they were chosen, then the page itself.
// Under trunk, which starts the page by a script of its own, only the rest of it applies.
(() => {
  "use strict";
  const root = document.documentElement;

  // Storage that may not be read is no reason to stay blank.
  const stored = (key) => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  };
  const theme = stored("silhueta.theme");
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  const known = { pt: "pt-BR", en: "en", ru: "ru" };
  const wanted = [stored("silhueta.locale"), ...(navigator.languages ?? []), "en"];
  for (const tag of wanted) {
    const lang = known[String(tag).split("-")[0]];
    if (lang) {
      root.lang = lang;
      break;
    }
  }

  const parsed = (work) =>
    document.readyState === "loading" ? addEventListener("DOMContentLoaded", work, { once: true }) : work();

  const started = () => parsed(() => document.getElementById("first-paint")?.remove());

  // A page that could not start, or whose code gave up later, says so; the helper is not concerned.
  const failed = (reason) =>
    parsed(() => {
      const first = document.getElementById("first-paint") ?? document.body.appendChild(kept);
      first.classList.add("failed");
      first.querySelector("#first-failure").hidden = false;
      first.querySelector("#first-reason").textContent = String(reason?.message ?? reason ?? "");
    });
  let kept = null;
  parsed(() => {
    kept = document.getElementById("first-paint")?.cloneNode(true);
  });
  const gaveUp = (error) => typeof WebAssembly === "object" && error instanceof WebAssembly.RuntimeError;
  addEventListener("error", (event) => gaveUp(event.error) && failed(event.error));
  addEventListener("unhandledrejection", (event) => gaveUp(event.reason) && failed(event.reason));
  addEventListener("TrunkApplicationStarted", started, { once: true });

  if (typeof WebAssembly !== "object") {
    failed("WebAssembly");
    return;
  }
  const app = document.querySelector('link[rel="modulepreload"]');
  if (app === null) return;
  const wasm = document.querySelector('link[rel="preload"][as="fetch"]');
  import(app.href)
    .then((page) => page.default({ module_or_path: wasm.href }))
    .then(started, failed);
})();
