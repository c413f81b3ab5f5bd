"""Pages for people: read without JavaScript, and safe with whatever packages say.

Handlers ask services, `views` makes of what they answer what a template shows, and
templates escape everything. The engines are imported when somebody first looks at a page.
"""
