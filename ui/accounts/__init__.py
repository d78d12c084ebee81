"""Who comes in: what each route asks for, signing in and out, and the list of the audit."""
