"""The demo review as pure data: papers, export files and every decision (the play through the actions lives elsewhere)."""
