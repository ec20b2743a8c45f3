# The gateway; it also checks and opens bundles for the others (`python -m release unpack`).
# From the repository's root: docker build -f deploy/docker/gateway.Dockerfile -t omni-gateway .
FROM python:3.13.7-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/venv
COPY requirements/gateway.txt /tmp/requirements.txt
RUN /opt/venv/bin/pip install --require-hashes --no-deps -r /tmp/requirements.txt

FROM python:3.13.7-slim-bookworm
RUN groupadd --gid 10001 omni && useradd --uid 10001 --gid omni --no-create-home omni
COPY --from=build /opt/venv /opt/venv
WORKDIR /app
COPY assistant assistant
COPY data data
COPY gateway gateway
COPY knowledge knowledge
COPY release release
COPY trainer trainer
COPY widget widget
# By it the console knows the project's folder; nobody trains in a container, and nginx shows none of it.
COPY domain.yml domain.yml
COPY deploy/docker/healthy.py /opt/healthy.py
# Nothing is written but to /tmp: the root file system may be read-only.
ENV PATH=/opt/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 HOME=/tmp \
    OMNI_HOST=0.0.0.0 OMNI_PORT=8080 OMNI_LOGS=json
USER 10001:10001
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
    CMD ["python", "/opt/healthy.py", "http://127.0.0.1:8080/healthz"]
ENTRYPOINT ["python", "-m"]
CMD ["gateway"]
