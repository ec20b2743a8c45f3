# The action server, private: without Rasa itself a third of its size.
# From the repository's root: docker build -f deploy/docker/actions.Dockerfile -t omni-actions .
FROM python:3.10.18-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/venv
COPY requirements/actions.txt /tmp/requirements.txt
RUN /opt/venv/bin/pip install --require-hashes --no-deps -r /tmp/requirements.txt
COPY requirements/sitecustomize.py requirements/without_tensorflow.py \
    /opt/venv/lib/python3.10/site-packages/

FROM python:3.10.18-slim-bookworm
RUN groupadd --gid 10001 omni && useradd --uid 10001 --gid omni --no-create-home omni
COPY --from=build /opt/venv /opt/venv
WORKDIR /app
COPY actions actions
COPY assistant assistant
COPY knowledge knowledge
COPY rasa_components/__init__.py rasa_components/logs.py rasa_components/
COPY rasa_components/stores/__init__.py rasa_components/stores/patience.py rasa_components/stores/
COPY logging.yml logging.yml
COPY deploy/docker/healthy.py /opt/healthy.py
# Nothing is written but to /tmp: the root file system may be read-only.
ENV PATH=/opt/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 HOME=/tmp \
    SANIC_HOST=0.0.0.0 OMNI_LOGS=json
USER 10001:10001
EXPOSE 5055
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
    CMD ["python", "/opt/healthy.py", "http://127.0.0.1:5055/health"]
ENTRYPOINT ["python", "-W", "ignore", "-m", "rasa_sdk", "--port", "5055"]
CMD ["--actions", "actions", "--logging-config_file", "logging.yml"]
