// Tell the style sheet that scripts run, before anything is drawn with them in mind.
document.documentElement.classList.add("has-js");
