import { createRoot } from "react-dom/client";

const place = document.getElementById("softphone");
if (place !== null) createRoot(place).render(<p>softphone</p>);
