// Says so when one of the first files does not come, or cannot be run. It is no module, so it is there when they fail.

addEventListener(
  "error",
  ({ target }) => {
    const app = document.querySelector("#app.starting");
    // Without its style the portal is ugly, and works.
    if (!app || target.tagName === "LINK") return;
    const says = document.createElement("p");
    says.textContent = "The portal could not be loaded. It may be busy, or your connection is gone.";
    const again = document.createElement("button");
    again.className = "primary";
    again.textContent = "Load again";
    again.addEventListener("click", () => location.reload());
    app.setAttribute("role", "alert");
    app.replaceChildren(says, again);
  },
  true, // An element's own error does not come by otherwise.
);
