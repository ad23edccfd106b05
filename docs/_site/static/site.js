// Show where the reader is: the side bar is longer than a screen.
document.addEventListener("DOMContentLoaded", () => {
  const scroller = document.querySelector(".sidebar-scroll");
  const current = document.querySelector(".sidebar-tree .current-page");
  if (!scroller || !current) return;
  const distance = current.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
  scroller.scrollTo({ top: distance - scroller.clientHeight / 3, behavior: "instant" });
});
