"""The image: built from the Dockerfile without a container engine, and tried as it would run in one."""
