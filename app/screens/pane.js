function marked(pieces) {
  return pieces.map((piece) => (piece.mark ? el("mark", {}, piece.text) : piece.text));
}

function links(list, send) {
  return list.map((link) => button({ class: "link" }, link.label, () => send(link.clause)));
}

function top(view, send, close) {
  const crumbs = el("li", { class: "work" }, view.work);
  const path = links(view.crumbs, send).map((node) => el("li", {}, node));
  const leave = button({ class: "close", "aria-label": view.labels.close, title: view.labels.close }, "×", close);
  const trail = el("ol", { lang: view.lang }, crumbs, path);
  return el("div", { class: "top" }, el("nav", { "aria-label": view.labels.breadcrumb }, trail), leave);
}

function natures(view) {
  const badges = view.badges.map((badge) => el("span", { class: `badge ${badge.kind}` }, badge.label));
  const page = view.page ? el("span", { class: "page" }, view.page) : null;
  return el("p", { class: "natures", lang: view.ui }, badges, page);
}

function past(view, send) {
  if (!view.lineage.length) return null;
  const lines = view.lineage.map((one) =>
    el("li", {}, el("span", { lang: view.ui }, one.text, " "), el("span", { class: "clauses", lang: view.lang }, links(one.links, send))),
  );
  return el("div", { class: "below" }, el("p", { class: "small", lang: view.ui }, view.labels.lineage), el("ul", {}, lines));
}

function beside(view) {
  if (!view.twin) return null;
  const name = view.twin.heading ? el("p", { class: "heading" }, view.twin.heading) : null;
  const body = el("div", { class: "other", lang: view.twin.lang }, name, view.twin.text);
  return el("details", { class: "beside" }, el("summary", { lang: view.ui }, view.labels.beside), body);
}

function below(view, send) {
  if (!view.children.length) return null;
  const items = links(view.children, send).map((node) => el("li", {}, node));
  const title = el("p", { class: "small", lang: view.ui }, view.labels.children);
  return el("div", { class: "below" }, title, el("ul", { lang: view.lang }, items));
}

function cite(view) {
  const forms = ["plain", "markdown", "gbt7714"].map((form) => {
    const node = button({ class: "tool" }, view.labels[`cite_${form}`], () => copy(node, view.cite[form]));
    return node;
  });
  return el("p", { class: "cite", lang: view.ui }, el("span", { class: "small" }, view.labels.cite), forms);
}

function foot(view, send, read) {
  const nodes = [];
  if (view.twin) nodes.push(button({ class: "twin" }, view.labels.show_twin, () => send(view.twin.clause)));
  nodes.push(button({ class: "read" }, view.labels.open_read, read));
  if (view.source) nodes.push(outside(view.source, view.labels.official_source));
  return el("div", { class: "foot", lang: view.ui }, nodes, el("code", { title: view.labels.clause_id }, view.id));
}

function drawClause(root, view, send, close, read) {
  const name = el("span", { lang: view.lang }, marked(view.heading));
  const title = el("h2", { tabindex: "-1" }, el("span", { class: "place", lang: view.ui }, view.place), name);
  const text = view.text.length ? el("div", { class: "text", lang: view.lang }, marked(view.text)) : null;
  const parts = [top(view, send, close), title, natures(view), text, beside(view), past(view, send), below(view, send)];
  root.replaceChildren(...[...parts, cite(view), foot(view, send, read)].filter(Boolean));
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".pane");
  document.documentElement.lang = data.ui; // Streamlit leaves it at "en"
  root.setAttribute("aria-label", data.labels.clause_pane);
  const close = () => {
    document.tiaowenLeft?.focus({ preventScroll: true });
    setTriggerValue("close", true);
  };
  root.onkeydown = (event) => event.key === "Escape" && data.view && close();
  const { serial, ...content } = data;
  const redraw = changed(root, content);
  if (redraw && !data.view) root.replaceChildren(el("p", { class: "hint", lang: data.ui }, data.labels.clause_hint));
  if (redraw && data.view) {
    const send = (clause) => setTriggerValue("open", { clause });
    const read = () => setTriggerValue("read", true);
    drawClause(root, { ...data.view, ui: data.ui, labels: data.labels }, send, close, read);
  }
  document.documentElement.dataset.clause = data.view ? "open" : "none"; // page.css: a sheet on narrow screens
  if (data.view && document.tiaowenShown !== serial) {
    if (data.focus) root.querySelector("h2").focus({ preventScroll: true });
    root.querySelector("mark")?.scrollIntoView({ block: "nearest" });
  }
  document.tiaowenShown = serial;
}
