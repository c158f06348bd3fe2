// The entry: htmx with its settings, then one module per behaviour.
import "./htmx.js";
import "./errors.js";
import "./theme.js";
import "./rail.js";
import "./popover.js";
import "./palette.js";
import "./table.js";
import "./select.js";
import "./form.js";
import "./dialog.js";
import "./panels.js";
import "./dismiss.js";
import "./copy.js";
import "./shares.js";
import "./matrix.js";
import "./date.js";
import "./charts.js";
