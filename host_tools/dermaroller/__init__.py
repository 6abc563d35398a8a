"""Host tools of the smart dermaroller: pull, check, show and report what the device recorded."""
