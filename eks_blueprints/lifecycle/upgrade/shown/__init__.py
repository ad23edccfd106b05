"""An upgrade plan and the calendar as people and machines read them: one file a form."""
