// A chosen file is sent at once, with its progress; the rest of the form stays as it is.
function say(paper, text, isWrong = false) {
  const said = paper.querySelector("[data-upload-said]");
  said.hidden = !text;
  said.textContent = text;
  said.toggleAttribute("data-wrong", isWrong);
}

function send(form, input, workspace, showFragment) {
  const paper = input.closest("[data-paper]");
  const bar = paper.querySelector("[data-upload-bar]");
  const request = new XMLHttpRequest();
  const body = new FormData();
  body.append("file", input.files[0]);
  request.open("POST", input.dataset.uploadUrl);
  request.setRequestHeader("Accept", "application/json");
  request.setRequestHeader("X-CSRFToken", form.elements.namedItem("csrf_token").value);
  request.responseType = "json";
  request.upload.addEventListener("progress", (event) => {
    if (!event.lengthComputable) return;
    const percent = Math.floor((event.loaded / event.total) * 100);
    bar.hidden = false;
    bar.value = percent;
    say(paper, form.dataset.uploading.replace("{n}", percent));
  });
  const over = (message) => {
    bar.hidden = true;
    input.disabled = false;
    input.value = "";
    paper.querySelector("[data-drop-chosen]").textContent = "";
    say(paper, message ?? "", Boolean(message));
  };
  request.addEventListener("error", () => over(form.dataset.uploadFailed));
  request.addEventListener("load", () => {
    if (request.status === 200) {
      showFragment(paper.querySelector("[data-versions]"), request.response.versions_html);
      workspace.showChecklist(request.response.checklist_html);
      over();
    } else {
      over(request.response?.error?.message ?? form.dataset.uploadFailed);
    }
  });
  input.disabled = true;
  request.send(body);
}

export function startUploads(form, workspace, showFragment) {
  form.addEventListener("change", (event) => {
    const input = event.target.closest("input[type=file][data-upload-url]");
    // the page's own check has emptied the field if the file is too large
    if (input) setTimeout(() => input.files.length && send(form, input, workspace, showFragment), 0);
  });
}
