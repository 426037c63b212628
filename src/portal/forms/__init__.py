"""Forms: what people type, under the legacy's field names. Rules are the services'; a form only reads and shows."""
