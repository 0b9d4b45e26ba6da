// Sends a text or a question to the server that gave this page, and puts in what comes back, which is escaped there.
const at = id => document.getElementById(id);
const call = async (place, given) => {
  const failed = {error: "The server does not answer; is kgpt serve still running?"};
  try {
    const reply = await fetch(place, {method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify(given)});
    return await reply.json();
  } catch { return failed; }
};
const tell = (status, message, isProblem = false) => {
  status.textContent = message;
  status.classList.toggle("problem", isProblem);
};
const onSubmit = (form, work) => form.addEventListener("submit", async event => {
  event.preventDefault();
  const button = form.querySelector("[type=submit]");
  if (button.getAttribute("aria-disabled") === "true") return;
  button.setAttribute("aria-disabled", "true");
  try { await work(); } finally { button.removeAttribute("aria-disabled"); }
});

onSubmit(at("read"), async () => {
  const status = at("read-status"), room = at("read-result");
  tell(status, "Linking and drawing …");
  const {html, error} = await call("/read", {text: at("text").value});
  room.innerHTML = html ?? "";
  room.querySelectorAll(".drawing svg").forEach(enliven);
  const links = room.querySelectorAll("mark").length;
  tell(status, error ?? `${links} link${links === 1 ? "" : "s"} found; the graph is drawn below.`, Boolean(error));
});

onSubmit(at("ask"), async () => {
  const status = at("ask-status"), question = at("question").value, seed = Number(at("seed").value);
  const arms = [...document.querySelectorAll("[data-arm]")], problems = [];
  for (const room of [at("graph-answer"), ...arms]) room.replaceChildren();
  at("ask-result").hidden = false;
  tell(status, "Asking the graph …");
  const told = await call("/ask/graph", {question});
  if (told.error) return tell(status, told.error, true);
  at("graph-answer").innerHTML = told.html;
  for (const [number, room] of arms.entries()) {
    tell(status, `Asking ${room.dataset.arm} (${number + 1} of ${arms.length}) …`);
    const {html, error} = await call("/ask/arm", {question, seed, arm: room.dataset.arm});
    if (error) problems.push(`${room.dataset.arm}: ${error}`);
    room.innerHTML = html ?? "";
  }
  const answered = arms.length - problems.length;
  tell(status, problems.join(" ") || `${answered} arm${answered === 1 ? "" : "s"} answered, and the graph.`, problems.length > 0);
});

for (const button of document.querySelectorAll("[data-fills]")) button.addEventListener("click", () => {
  const field = at(button.dataset.fills);
  field.value = button.textContent;
  field.form.requestSubmit();
});
at("text").addEventListener("keydown", event => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); at("read").requestSubmit(); }
});
