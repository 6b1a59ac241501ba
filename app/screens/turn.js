const FEW = 4; // marks shown of a longer run of them
const MANY = 16; // marks after which a statement is folded

function chip(marker, view, send) {
  const cited = view.citations[marker];
  const attributes = { class: "chip", "aria-label": cited.label, title: cited.quote };
  const node = button(attributes, String(marker), () => {
    if (innerWidth <= 640) node.scrollIntoView({ block: "start" }); // else the sheet would cover what it explains
    send({ clause: cited.clause, marker });
  });
  node.dataset.marker = marker;
  return node;
}

// The end of a statement that cites very much, and of a long run of marks, folds away behind a button.
function fold(label, description, nodes) {
  const rest = el("span", { hidden: true }, nodes);
  const more = button({ class: "more", "aria-label": description }, label, () => {
    rest.hidden = false;
    more.remove();
    rest.querySelector("button")?.focus();
  });
  return [more, rest];
}

function runs(parts) {
  const grouped = [];
  for (const part of parts) {
    const last = grouped[grouped.length - 1];
    if (part.chip && Array.isArray(last)) last.push(part.chip);
    else grouped.push(part.chip ? [part.chip] : part);
  }
  return grouped;
}

function drawRun(markers, view, send) {
  const chips = markers.map((marker) => chip(marker, view, send));
  if (chips.length <= FEW + 1) return chips;
  const rest = fold(`+${chips.length - FEW}`, view.labels.show_more, chips.slice(FEW));
  return [...chips.slice(0, FEW), ...rest];
}

function statement(parts, view, send) {
  const nodes = [];
  let shown = 0;
  let cut = 0;
  for (const part of runs(parts)) {
    if (Array.isArray(part)) nodes.push(el("span", { class: "run" }, drawRun(part, view, send)));
    else nodes.push(part.quote ? el("span", { class: "quote" }, part.quote) : el("span", { class: "ours" }, part.text));
    shown += Array.isArray(part) ? 1 : 0;
    if (shown === MANY && !cut) cut = nodes.length;
  }
  const folded = cut && cut < nodes.length - 2 ? fold("…", view.labels.show_more, nodes.splice(cut)) : [];
  return el("p", { class: "statement" }, nodes, folded);
}

function clauseButton(link, send) {
  const label = el("span", { lang: link.lang }, link.label);
  return button({ class: "clause" }, [el("span", { class: "place" }, link.place), label], () => send(link));
}

function declined(view, send) {
  const card = el("div", { class: "refusal" });
  card.append(el("p", { class: "title", lang: view.ui }, view.labels.declined));
  card.append(el("p", { class: "reason" }, view.declined.message));
  if (view.declined.evidence.length) {
    card.append(el("p", { class: "small", lang: view.ui }, view.labels.evidence));
    for (const quoted of view.declined.evidence) {
      const open = button({ class: "clause" }, el("span", { class: "place" }, quoted.locator), () => send(quoted));
      card.append(el("p", {}, el("span", { class: "quote" }, quoted.quote)), open);
    }
  }
  if (view.declined.nearest.length) {
    card.append(el("p", { class: "small", lang: view.ui }, view.labels.nearest));
    const items = view.declined.nearest.map((link) => el("li", {}, clauseButton(link, send)));
    card.append(el("ul", { class: "nearest" }, items));
  }
  return card;
}

function note(one, send) {
  const parts = one.parts.map((part) => (part.url ? outside(part.url, part.label) : part.text));
  const links = one.links.map((link) => clauseButton(link, send));
  return el("li", {}, parts, links.length ? el("span", { class: "links" }, links) : null);
}

function draw(root, view, send, judge) {
  const parts = [view.question && asked(view), view.answered && answer(view, send)];
  root.replaceChildren(...[...parts, view.stages && tools(view, send, judge)].filter(Boolean));
}

// Ways to use an answer, and to say what it was worth; a reason is asked for where it was not good.
function tools(view, send, judge) {
  const text = button({ class: "tool" }, view.labels.copy_answer, () => copy(text, view.plain));
  const address = button({ class: "tool" }, view.labels.copy_link, () => copy(address, location.origin + location.pathname + view.link));
  const reason = el("input", { type: "text", maxlength: "1000", "aria-label": view.labels.why, placeholder: view.labels.why });
  const say = button({ class: "tool" }, view.labels.send, () => judge(false, reason.value));
  const form = el("span", { class: "why", hidden: true }, reason, say);
  reason.onkeydown = (event) => event.key === "Enter" && judge(false, reason.value);
  const good = button({ class: "tool", "aria-pressed": String(view.judged === true) }, view.labels.good, () => judge(true, ""));
  const bad = button({ class: "tool", "aria-pressed": String(view.judged === false) }, view.labels.bad, () => {
    form.hidden = false;
    reason.focus();
  });
  const thanks = view.judged === null ? null : el("span", { class: "small", role: "status" }, view.labels.thanks);
  const line = el("p", { class: "line" }, text, address, good, bad, form, thanks);
  return el("div", { class: "tools", lang: view.ui }, line, found(view, send));
}

function found(view, send) {
  if (!view.hits.length) return null;
  const items = view.hits.map((hit) => {
    const name = hit.clause ? clauseButton(hit, send) : el("span", {}, hit.place);
    const why = [hit.relevance, hit.lists, hit.because && `“${hit.because}”`].filter(Boolean).join(" · ");
    return el("li", {}, name, el("span", { class: "lists" }, why));
  });
  const times = el("p", { class: "small" }, `${view.labels.stages} ${view.stages.join(", ")}`);
  return el("details", {}, el("summary", {}, view.labels.how_found), times, el("ol", {}, items));
}

function asked(view) {
  const attributes = { class: "asked", role: "group", "aria-label": view.labels.question, lang: view.ui };
  const node = el("div", attributes, el("p", { class: "question", lang: view.question.lang }, view.question.text));
  if (view.read_as) {
    node.append(el("p", { class: "reading" }, view.read_as.label, " ", el("span", { lang: view.read_as.lang }, view.read_as.text)));
  }
  return node;
}

function answer(view, send) {
  const answer = el("div", { class: "answer", role: "group", "aria-label": view.labels.answer, lang: view.lang });
  if (view.error) {
    const title = el("p", { class: "title", lang: view.ui }, view.labels.failed);
    answer.append(el("div", { class: "refusal" }, title, el("p", { class: "reason" }, view.error)));
  }
  for (const parts of view.statements || []) answer.append(statement(parts, view, send));
  if (view.declined) answer.append(declined(view, send));
  if ((view.notes || []).length) {
    const title = el("p", { class: "small", lang: view.ui }, view.labels.notes);
    answer.append(el("div", { class: "notes" }, title, el("ul", {}, view.notes.map((one) => note(one, send)))));
  }
  return answer;
}

function press(root, view) {
  for (const node of root.querySelectorAll(".chip")) {
    node.setAttribute("aria-pressed", String(view.open?.marker === Number(node.dataset.marker)));
  }
}

export default function ({ data: { view: data }, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".turn");
  const { open: _, newest, ...content } = data; // which citation is open changes no text
  const first = root.drawn === undefined;
  const send = (link) => {
    document.tiaowenLeft = root.getRootNode().activeElement; // where the pane puts the focus back
    setTriggerValue("open", { clause: link.clause, marker: link.marker ?? null });
  };
  const judge = (good, reason) => setTriggerValue("judge", { good, reason });
  if (changed(root, content)) draw(root, data, send, judge);
  press(root, data);
  root.classList.toggle("after", !data.question); // its question stands above it, in a component of its own
  if (first && newest) requestAnimationFrame(() => root.scrollIntoView({ block: "start" }));
}
