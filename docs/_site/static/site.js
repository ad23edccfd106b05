// Show where the reader is: the side bar is longer than a screen.
document.addEventListener("DOMContentLoaded", () => {
  const scroller = document.querySelector(".sidebar-scroll");
  const current = document.querySelector(".sidebar-tree .current-page");
  if (scroller && current) scroller.scrollTop = current.offsetTop - scroller.clientHeight / 3;
});
