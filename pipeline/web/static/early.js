// Asks for the review before the other scripts are there: both come at once. It imports nothing, so that nothing keeps it.
const recording = encodeURIComponent(document.body.dataset.recording);
export const asked = fetch(`/api/recordings/${recording}`, { credentials: "same-origin", cache: "no-store", redirect: "error" });
asked.catch(() => undefined); // said where it is awaited
