// A view's own stylesheet, fetched with the view: the first one need not wait for the looks of all.

const loading = new Map();

/** Resolves when the stylesheet, named from the dashboard's root, is in force. Each is fetched once. */
export function loadStyle(path) {
  if (!loading.has(path)) {
    const wait = new Promise((resolve, reject) => {
      const link = document.createElement("link");
      link.rel = "stylesheet";
      link.href = path;
      link.onload = resolve;
      link.onerror = () => {
        link.remove();
        loading.delete(path);
        reject(new Error("A stylesheet of the dashboard could not be loaded."));
      };
      document.head.append(link);
    });
    loading.set(path, wait);
  }
  return loading.get(path);
}
