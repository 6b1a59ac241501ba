const DRAWN = new Set(
  ("div section nav header p span strong em small mark ins del ul ol li table caption thead tbody tr th td h2 h3 h4 " +
    "button a code pre details summary").split(" "),
);
const KNOWN = new Set(["id", "title", "scope", "colspan", "tabindex", "role", "open", "aria-label", "aria-current", "aria-expanded", "data-copy", "data-path"]);

function made(one, send) {
  if (typeof one === "string") return document.createTextNode(one);
  if (!DRAWN.has(one.tag)) return document.createTextNode("");
  if (one.tag === "a") return outside(one.href || "", one.children.join(""));
  const attributes = { class: one.kind, lang: one.lang };
  for (const [name, value] of Object.entries(one.attributes || {})) if (KNOWN.has(name)) attributes[name] = value;
  if (one.tag === "button") attributes.type = "button";
  const node = el(one.tag, attributes, one.children.map((child) => made(child, send)));
  const text = node.dataset.copy;
  if (text !== undefined) {
    const address = text.startsWith("?") ? location.origin + location.pathname + text : text;
    node.addEventListener("click", () => copy(node, address));
  } else if (one.act) node.addEventListener("click", () => send(one.act));
  return node;
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".sheet");
  document.documentElement.lang = data.ui;
  const { at, ...content } = data;
  if (changed(root, content)) {
    root.replaceChildren(...data.nodes.map((one) => made(one, (act) => setTriggerValue("act", act))));
    root.setAttribute("lang", data.ui);
  }
  if (at && root.shown !== at) {
    const [path] = at.split("|");
    requestAnimationFrame(() => root.querySelector(`[data-path="${CSS.escape(path)}"]`)?.scrollIntoView({ block: "start" }));
  }
  root.shown = at;
}
