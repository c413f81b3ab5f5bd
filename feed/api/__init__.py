"""The NuGet protocol's resources, one module each: parse, ask one service, answer."""
