"""The Django project: settings, routes and entry points. The only place that names all modules."""
