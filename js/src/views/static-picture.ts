/**
 * A notebook keeps a still picture of the recording beside the widget, for readers without JavaScript. While a widget shows
 * the recording the picture is hidden; with the last such widget gone it is shown again.
 */
export function hideStaticPicture(root: HTMLElement, id: string): () => void {
  if (!id) return () => undefined;
  root.dataset.recording = id;
  const pictures = () => document.querySelectorAll<HTMLElement>(`.microlog-static-${CSS.escape(id)}`);
  for (const picture of pictures()) picture.style.display = "none";
  return () => {
    delete root.dataset.recording;
    if (document.querySelector(`.microlog[data-recording="${CSS.escape(id)}"]`)) return;
    for (const picture of pictures()) picture.style.display = "";
  };
}
