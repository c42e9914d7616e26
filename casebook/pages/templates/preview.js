// Has a page of a preview loaded again once there is another version of it.
(() => {
  "use strict";
  const shown = document.querySelector("meta[name=preview]").content;
  new EventSource("/preview-events").onmessage = ({ data }) => {
    if (data !== shown) location.reload();
  };
})();
