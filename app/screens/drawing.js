// Shared by the components. Every string from Python becomes a text node or an attribute value, never markup.

function el(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value !== null && value !== undefined && value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  for (const child of children.flat()) {
    if (child) node.append(child.nodeType ? child : document.createTextNode(child));
  }
  return node;
}

function button(attributes, text, onClick) {
  const node = el("button", { type: "button", ...attributes }, text);
  node.addEventListener("click", onClick);
  return node;
}

// Python has checked the address already; here once more, because this is where it becomes a link.
function outside(url, label) {
  if (!/^https?:\/\//i.test(url)) return document.createTextNode(label);
  return el("a", { href: url, target: "_blank", rel: "noopener noreferrer", title: url }, label);
}

// Redrawing only what changed keeps focus and unfolded text where the reader left them.
function changed(root, content) {
  const seen = JSON.stringify(content);
  if (root.drawn === seen) return false;
  root.drawn = seen;
  return true;
}

async function copy(node, text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = document.createElement("textarea"); // pages that are not served over https have no clipboard
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  node.dataset.copied = "yes";
  setTimeout(() => delete node.dataset.copied, 1500);
}
