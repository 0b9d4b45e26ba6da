// A word-knowledge graph's node, pointed at or focused, shows whom it may attend to; arrow keys go from node to node.
const enliven = svg => {
  const nodes = [...svg.querySelectorAll(".node")], told = svg.closest("figure").querySelector(".told"), hint = told.textContent;
  const sees = node => new Set(node.dataset.sees.split(" ").flatMap(run => {
    const [first, last = first] = run.split("-").map(Number);
    return Array.from({length: last - first + 1}, (_, place) => String(first + place));
  }));
  const show = node => {
    const seen = node ? sees(node) : null;
    svg.classList.toggle("choosing", Boolean(node));
    for (const one of nodes) one.classList.toggle("seen", Boolean(seen?.has(one.dataset.node)));
    for (const edge of svg.querySelectorAll(".edge")) edge.classList.toggle("seen", Boolean(node) && edge.dataset.ends.split(" ").includes(node.dataset.node));
    told.textContent = node ? node.getAttribute("aria-label") : hint;
  };
  const focused = () => nodes.find(node => node === document.activeElement);
  const go = place => {
    for (const one of nodes) one.tabIndex = -1;
    nodes[place].tabIndex = 0;
    nodes[place].focus();
  };
  for (const node of nodes) {
    node.addEventListener("mouseenter", () => show(node));
    node.addEventListener("mouseleave", () => show(focused()));
    node.addEventListener("focus", () => show(node));
    node.addEventListener("blur", () => show(null));
    node.addEventListener("keydown", event => {
      const place = nodes.indexOf(node), steps = {ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1};
      const to = {Home: 0, End: nodes.length - 1}[event.key] ?? place + (steps[event.key] ?? NaN);
      if (event.key === "Escape") node.blur();
      if (nodes[to]) { event.preventDefault(); go(to); }
    });
  }
};
document.querySelectorAll(".drawing svg").forEach(enliven);
