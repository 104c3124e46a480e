// Draws /openapi.json: every route with what it takes, what it answers, and a curl line to copy.
"use strict";

const METHODS = ["get", "post", "put", "patch", "delete"];

/** An element with a class and children, which are elements or text. */
function make(name, kind, ...children) {
  const made = document.createElement(name);
  if (kind) made.className = kind;
  made.append(...children.filter((child) => child !== undefined && child !== null && child !== ""));
  return made;
}

/** Text with `code` in backticks. */
function prose(text) {
  return (text || "").split("`").map((part, n) => (n % 2 ? make("code", "", part) : part));
}

function resolve(api, schema) {
  const name = schema && schema.$ref && schema.$ref.split("/").pop();
  return name ? { name, ...api.components.schemas[name] } : schema || {};
}

/** A schema in a few words. */
function kind(api, schema) {
  const known = resolve(api, schema);
  if (known.name) return known.name;
  const one = known.oneOf || known.anyOf;
  if (one) return one.map((each) => kind(api, each)).join(" or ");
  if (known.enum) return known.enum.map((value) => JSON.stringify(value)).join(", ");
  if (known.type === "array") return `list of ${kind(api, known.items)}`;
  const types = [].concat(known.type || "anything").join(" or ");
  return known.format ? `${types} (${known.format})` : types;
}

function row(name, what, text) {
  return make("tr", "", make("td", "", make("code", "", name)), make("td", "kind", what), make("td", "", ...prose(text)));
}

/** The fields of an object, of each that it may be, or of the list's entries. */
function fields(api, schema, into) {
  const known = resolve(api, schema);
  for (const each of known.oneOf || known.anyOf || []) fields(api, each, into);
  if (known.type === "array") fields(api, known.items, into);
  if (!known.properties) return;
  if (known.name) into.append(make("h3", "", known.name));
  const must = known.required || [];
  const all = Object.entries(known.properties);
  const rows = all.map(([name, of]) => {
    const what = kind(api, of);
    return row(must.includes(name) ? name : `${name}?`, what, resolve(api, of).description || "");
  });
  into.append(make("table", "", make("tbody", "", ...rows)));
}

function block(text) {
  const copy = make("button", "", "Copy");
  copy.type = "button";
  copy.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text);
      copy.textContent = "Copied";
    } catch {
      copy.textContent = "Not allowed";
    }
  });
  return make("div", "block", make("pre", "", text), copy);
}

function quoted(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function curl(path, method, route) {
  const words = ["curl"];
  if (method !== "get") words.push("-X", method.toUpperCase());
  const must = (route.parameters || []).filter((each) => each.required);
  for (const header of must.filter((each) => each.in === "header")) words.push("-H", quoted(`${header.name}: …`));
  const query = must.filter((each) => each.in === "query").map((each) => `${each.name}=…`).join("&");
  const json = route.requestBody && route.requestBody.content["application/json"];
  if (json) words.push("-H", quoted("Content-Type: application/json"), "-d", quoted(JSON.stringify(json.example)));
  if (route.requestBody && route.requestBody.content["application/octet-stream"]) words.push("--data-binary", "@FILE");
  words.push(quoted(`${location.origin}${path}${query && `?${query}`}`));
  return words.join(" ");
}

function inside(api, path, method, route) {
  const box = make("div", "inside");
  if (route.description) box.append(make("p", "", ...prose(route.description)));
  box.append(make("h3", "", "Example"), block(curl(path, method, route)));
  if (route.parameters) {
    const rows = route.parameters.map((each) =>
      row(each.required ? each.name : `${each.name}?`, `${each.in}, ${kind(api, each.schema)}`, each.description));
    box.append(make("h3", "", "Parameters"), make("table", "", make("tbody", "", ...rows)));
  }
  for (const [type, content] of Object.entries((route.requestBody || {}).content || {})) {
    box.append(make("h3", "", `Body: ${type}`));
    if (content.schema) fields(api, content.schema, box);
  }
  const answers = Object.entries(route.responses).map(([status, answer]) => {
    const types = Object.entries(answer.content || {});
    return row(status, types.map(([type, of]) => (of.schema ? kind(api, of.schema) : type)).join(", "), answer.description);
  });
  box.append(make("h3", "", "Answers"), make("table", "", make("tbody", "", ...answers)));
  const good = route.responses["200"] && (route.responses["200"].content || {})["application/json"];
  if (good && good.schema) fields(api, good.schema, box);
  return box;
}

function draw(api) {
  document.getElementById("version").textContent = api.info.version;
  document.getElementById("about").append(...prose(api.info.description));
  const main = document.getElementById("routes");
  const all = Object.entries(api.paths).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method]).map((method) => [path, method, item[method]]));
  for (const tag of api.tags) {
    main.append(make("h2", "", tag.name), make("p", "quiet", ...prose(tag.description)));
    for (const [path, method, route] of all.filter((each) => each[2].tags.includes(tag.name))) {
      const line = make("summary", "", make("span", `method ${method}`, method.toUpperCase()),
        make("code", "path", path), make("span", "summary", ...prose(route.summary)));
      const drawn = make("details", "route", line);
      // Drawn when it is first opened.
      drawn.addEventListener("toggle", () => drawn.append(inside(api, path, method, route)), { once: true });
      main.append(drawn);
    }
  }
}

fetch("/openapi.json")
  .then((answer) => {
    if (!answer.ok) throw new Error(`it answered ${answer.status}`);
    return answer.json();
  })
  .then(draw)
  .catch((error) => {
    const failure = document.getElementById("failure");
    failure.textContent = `The description could not be read: ${error.message}. Is the helper still there?`;
    failure.hidden = false;
  });
