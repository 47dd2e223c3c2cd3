// The sandbox's page. The server draws the pieces (page/scene.py); here they are put in place, and acts are sent back.

const $ = (id) => document.getElementById(id);
const asked = new URLSearchParams(location.search);
const state = {
  me: asked.get("me") || localStorage.getItem("me") || "amina",
  place: asked.get("place") || document.body.dataset.place,
  thread: asked.get("thread") || "",
  owner: asked.get("owner") || "",
};
const typed = []; // what was sent from the composer, for the arrow keys
let recalled = 0;

// --- putting pieces in place -------------------------------------------------------------------------------------

function element(html) {
  const template = document.createElement("template");
  template.innerHTML = html.trim();
  return template.content.firstElementChild;
}

/** Show [key, html] pieces in order; a piece that did not change is left alone, with its focus and its choices. */
function arrange(list, pieces) {
  const bottom = list.scrollHeight - list.scrollTop - list.clientHeight < 80;
  const known = new Map([...list.children].map((node) => [node.dataset.key, node]));
  let grown = false;
  pieces.forEach(([key, html], index) => {
    let node = known.get(key);
    known.delete(key);
    if (!node || node.piece !== html) {
      const fresh = element(html);
      fresh.dataset.key = key;
      fresh.piece = html;
      for (const one of fresh.querySelectorAll("[data-color]")) one.style.setProperty("--bar", one.dataset.color);
      if (node) node.replaceWith(fresh);
      grown ||= !node;
      node = fresh;
    }
    if (list.children[index] !== node) list.insertBefore(node, list.children[index] || null);
  });
  for (const node of known.values()) node.remove();
  if (bottom || (grown && list.dataset.shown !== state.place)) list.scrollTop = list.scrollHeight;
  list.dataset.shown = state.place;
}

/** Replace a part that is drawn as a whole, and put the focus back on what has the same id. */
function fill(part, html) {
  if (part.piece === html) return;
  const focused = part.contains(document.activeElement) ? document.activeElement.id : "";
  part.innerHTML = part.piece = html;
  if (focused) $(focused)?.focus();
}

function showModal(modal) {
  const dialog = $("modal");
  if (!modal) {
    dialog.piece = "";
    if (dialog.open) dialog.close();
    return;
  }
  const [key, html] = modal;
  if (dialog.piece !== key) {
    dialog.innerHTML = html;
    dialog.piece = key;
  }
  if (dialog.open) return;
  dialog.showModal();
  dialog.querySelector("[name]")?.focus();
}

/** The number of new things on a tab of the narrow page. */
function count(tab, number) {
  const button = document.querySelector(`.tabs [data-tab=${tab}]`);
  if (number) button.dataset.count = number;
  else delete button.dataset.count;
}

function showCall(call) {
  $("call").hidden = !call;
  if (call) fill($("call"), call[1]);
}

function show(scene) {
  Object.assign(state, { place: scene.place, me: scene.me, owner: scene.owner });
  for (const part of ["side", "people", "clock", "head", "owners"]) fill($(part), scene[part]);
  arrange($("messages"), scene.messages);
  $("thread").hidden = !scene.thread;
  if (scene.thread) arrange($("replies"), scene.thread);
  arrange($("texts"), scene.phone);
  arrange($("mails"), scene.mails);
  $("mails").classList.toggle("none", !scene.mails.length);
  $("texts").classList.toggle("none", !scene.phone.length);
  showCall(scene.call);
  showModal(scene.modal);
  fill($("hints"), scene.empty.map((line) => `<button type="button" data-do="hint">${line}</button>`).join(""));
  $("texting").hidden = !scene.may_text;
  $("composer").hidden = !scene.may_write;
  count("side", scene.unread);
  count("phone", scene.news);
  document.title = (scene.unread ? `(${scene.unread}) ` : "") + "ÉcoTrajet · bac à sable";
  document.body.dataset.ready = "yes";
}

let busy = false;
let again = false;
const eyes = () => [state.me, state.place, state.thread, state.owner].join();

let release = () => {};
let still = Promise.resolve();
/** While a button is held down the page stands still: a button replaced under the finger loses its click. */
document.addEventListener("pointerdown", () => {
  still = new Promise((done) => { release = done; });
  setTimeout(release, 1000); // a finger that left the window says nothing
}, true);
for (const end of ["pointerup", "pointercancel"]) {
  document.addEventListener(end, () => setTimeout(release), true); // after the click that follows
}

/** One look through the eyes of the moment; false when somebody else was chosen before the answer was there. */
async function look() {
  const { me, place, thread, owner } = state;
  const asked = eyes();
  const answer = await fetch("/page/scene?" + new URLSearchParams({ me, place, thread, owner }));
  const scene = answer.ok && (await answer.json());
  await still;
  if (asked !== eyes()) return false;
  if (scene) show(scene);
  return true;
}

/** Ask for the scene; requests never overlap, and one that was asked for meanwhile follows. */
async function refresh() {
  if (busy) {
    again = true;
    return;
  }
  busy = true;
  try {
    do {
      again = false;
      again = !(await look()) || again;
    } while (again);
  } catch {
    // the sandbox is away: the next event or the timer asks again
  } finally {
    busy = false;
  }
}

// --- acts --------------------------------------------------------------------------------------------------------

async function act(name, body = {}) {
  const headers = { "X-Sandbox": "1", "Content-Type": "application/json" };
  const sent = JSON.stringify({ me: state.me, place: state.place, ...body });
  const answer = await fetch(`/page/act/${name}`, { method: "POST", headers, body: sent });
  await refresh();
  return answer.ok ? (await answer.json()).status : "gone";
}

function confirmed(question) {
  if (!question) return Promise.resolve(true);
  const asks = JSON.parse(question);
  for (const [id, part] of [["title", "title"], ["text", "text"], ["yes", "confirm"], ["no", "deny"]]) {
    $(`confirm-${id}`).textContent = asks[part].text;
  }
  const dialog = $("confirm");
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((done) => dialog.addEventListener("close", () => done(dialog.returnValue === "yes"), { once: true }));
}

function chosen(node) {
  if (node.matches("select")) return [...node.selectedOptions].map((one) => one.value).filter(Boolean);
  if (!node.matches("input[type=checkbox], input[type=radio]")) return node.value ? [node.value] : [];
  const boxes = node.closest(".boxes").querySelectorAll("input:checked");
  return [...boxes].map((one) => one.value);
}

async function press(node) {
  if (!(await confirmed(node.dataset.confirm))) return;
  const { block, action } = node.dataset;
  const body = { block, action, chosen: node.matches("button, a") ? [] : chosen(node) };
  node.classList.add("waiting");
  const message = node.closest("[data-ts]");
  const view = node.closest("[data-view]");
  if (message) await act("press", { ...body, place: message.dataset.place, ts: message.dataset.ts });
  else if (view) await act("press_view", { ...body, view: view.dataset.view });
  node.classList.remove("waiting");
}

function go(place) {
  Object.assign(state, { place, thread: "" });
  document.body.dataset.tab = "talk";
  if (place === "home") act("home");
  else refresh();
}

function readLetter(node) {
  $("letter-title").textContent = node.querySelector("strong").textContent;
  $("letter-from").textContent = "De : " + node.querySelector("span").textContent;
  $("letter-text").textContent = node.querySelector("template").content.textContent;
  $("letter-html").hidden = !node.dataset.html;
  $("letter-text").hidden = Boolean(node.dataset.html);
  if (node.dataset.html) $("letter-html").src = `/page/mail/${state.owner}/${node.dataset.number}`;
  $("letter").showModal();
}

const message = (node) => node.closest("[data-ts]")?.dataset;
const call = (node) => node.closest("[data-call]").dataset.call;
const doing = {
  go: (node) => go(node.dataset.place),
  be: (node) => {
    Object.assign(state, { me: node.dataset.key, owner: node.dataset.key, thread: "" });
    localStorage.setItem("me", state.me);
    if (state.place === "home") act("home");
    else refresh();
  },
  own: (node) => { state.owner = node.dataset.key; refresh(); },
  tab: (node) => { document.body.dataset.tab = node.dataset.tab; },
  hint: (node) => { $("words").value = node.textContent; $("words").focus(); },
  thread: (node) => { state.thread = message(node).ts; refresh().then(() => $("answer").focus()); },
  leave: () => { state.thread = ""; refresh(); },
  press, press_view: press,
  pin: (node) => act("pin", message(node)),
  react: (node) => act("react", { ...message(node), name: node.dataset.name }),
  shortcut: (node) => act("shortcut", { ...message(node), callback: node.dataset.callback }),
  close: (node) => act("close", { view: node.closest("[data-view]").dataset.view }),
  forward: (node) => { node.disabled = true; act("forward", { minutes: Number(node.dataset.minutes) }).finally(() => { node.disabled = false; }); },
  answer: (node) => act("answer", { me: state.owner, call: call(node) }),
  hang_up: (node) => act("hang_up", { me: state.owner, call: call(node) }),
  key: (node) => act("key", { me: state.owner, call: call(node), key: node.dataset.key }),
  letter: readLetter,
  shut: () => $("letter").close(),
};

document.addEventListener("click", (event) => {
  const node = event.target.closest("[data-do]");
  if (node && !node.matches("select, input, textarea")) doing[node.dataset.do](node);
});
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-do]")) doing[event.target.dataset.do](event.target);
});

// --- writing -----------------------------------------------------------------------------------------------------

function grow(area) {
  area.style.height = "auto";
  area.style.height = `${Math.min(area.scrollHeight, 160)}px`;
}

function writes(form, area, send) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = area.value.trim();
    if (!text) return;
    area.value = "";
    grow(area);
    send(text);
  });
  area.addEventListener("input", () => grow(area));
  area.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
}

writes($("composer"), $("words"), (text) => {
  recalled = typed.push(text);
  act("say", { text });
});
writes($("reply"), $("answer"), (text) => act("say", { text, thread: state.thread }));
writes($("texting"), $("sms"), (text) => act("sms", { me: state.owner, text }));

$("words").addEventListener("keydown", (event) => {
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (!step || event.target.value.includes("\n") || !(recalled + step in typed)) return;
  event.preventDefault();
  recalled += step;
  event.target.value = typed[recalled];
});

$("modal").addEventListener("submit", (event) => {
  event.preventDefault();
  const fields = {};
  for (const field of event.target.querySelectorAll("[name]")) {
    fields[field.name] = field.matches("[type=checkbox], [type=radio]")
      ? [...event.target.querySelectorAll("input:checked")].filter((one) => one.name === field.name).map((one) => one.value)
      : chosen(field);
  }
  act("submit", { view: event.target.dataset.view, fields });
});
$("modal").addEventListener("cancel", (event) => {
  event.preventDefault();
  act("close", { view: event.target.querySelector("form").dataset.view });
});

// --- live --------------------------------------------------------------------------------------------------------

const events = new EventSource("/page/events");
events.onmessage = refresh;
setInterval(refresh, 30_000); // the clock, and whatever was missed while the sandbox restarted
refresh();
