{{/* What every object carries. Call with the root context. */}}
{{- define "store.labels" -}}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: {{ .Chart.Name }}
{{- end }}

{{/* What finds the pods of one component; never to be changed. Call with a dict of root and component. */}}
{{- define "store.selector" -}}
app.kubernetes.io/name: {{ .root.Chart.Name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{/* The name of an image. Call with one of .Values.images. */}}
{{- define "store.image" -}}
{{ .repository }}:{{ .tag }}{{ with .digest }}@{{ . }}{{ end }}
{{- end }}

{{/* The store's address. */}}
{{- define "store.url" -}}
{{- .Values.store.url | default (printf "%s://%s" (ternary "https" "http" .Values.ingress.tls.enabled) .Values.store.host) -}}
{{- end }}

{{/* Of each pod: nobody is root, nothing talks to the Kubernetes API. Call with the uid. */}}
{{- define "store.podSecurity" -}}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: {{ . }}
  runAsGroup: {{ . }}
  fsGroup: {{ . }}
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile:
    type: RuntimeDefault
{{- end }}

{{/* Of each container. */}}
{{- define "store.containerSecurity" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop: [ALL]
{{- end }}

{{/* The official images' environment. wp-config.php reads it at run time, so all that runs WordPress's code needs the same. */}}
{{- define "store.wordpressEnv" -}}
- name: WORDPRESS_DB_HOST
  value: {{ .Release.Name }}-mysql
- name: WORDPRESS_DB_NAME
  value: {{ .Values.mysql.database | quote }}
- name: WORDPRESS_DB_USER
  value: {{ .Values.mysql.user | quote }}
- name: WORDPRESS_DB_PASSWORD_FILE
  value: /run/secrets/store/mysql-password
- name: WORDPRESS_DB_CHARSET
  value: utf8mb4
{{- range list "auth-key" "secure-auth-key" "logged-in-key" "nonce-key" "auth-salt" "secure-auth-salt" "logged-in-salt" "nonce-salt" }}
- name: WORDPRESS_{{ . | upper | replace "-" "_" }}_FILE
  value: /run/secrets/store/{{ . }}
{{- end }}
- name: STORE_URL
  value: {{ include "store.url" . | quote }}
- name: WORDPRESS_CONFIG_EXTRA
  value: |
    define('WP_HOME', getenv('STORE_URL'));
    define('WP_SITEURL', getenv('STORE_URL'));
    define('DISABLE_WP_CRON', {{ .Values.cron.enabled }});
    define('FS_METHOD', 'direct');
    define('AUTOMATIC_UPDATER_DISABLED', true);
    define('DISALLOW_FILE_EDIT', true);
    define('WP_MEMORY_LIMIT', '{{ .Values.wordpress.phpMemoryLimit }}');
    // WordPress takes what is in here before it has functions for hooks
    if (is_file('/opt/store/order-proof.php')) {
        $GLOBALS['wp_filter']['muplugins_loaded'][10]['store-platform'] = [
            'accepted_args' => 0, 'function' => function () { require '/opt/store/order-proof.php'; },
        ];
    }
{{- end }}

{{/* The files that this environment names, and the admin's password where asked for. Call with a dict of root and keys. */}}
{{- define "store.secretVolume" -}}
- name: secrets
  secret:
    secretName: {{ .root.Values.existingSecret }}
    defaultMode: 0440
    items:
      {{- range .keys }}
      - {key: {{ . }}, path: {{ . }}}
      {{- end }}
{{- end }}

{{/* The key of the platform's proof of an order, a volume of its own: a store without it goes without the proof. */}}
{{- define "store.proofVolume" -}}
- name: proof
  secret:
    secretName: {{ .Values.existingSecret }}
    defaultMode: 0440
    optional: true
    items:
      - {key: order-proof-key, path: order-proof-key}
{{- end }}

{{/* What a rotation of passwords changed; a store of which nothing was rotated has none. Call with a dict of root and keys. */}}
{{- define "store.rotatedVolume" -}}
- name: rotated
  secret:
    secretName: {{ .root.Values.rotatedSecret }}
    defaultMode: 0440
    optional: true
    items:
      {{- range .keys }}
      - {key: {{ . }}, path: {{ . }}}
      {{- end }}
{{- end }}

{{- define "store.wordpressKeys" -}}
["mysql-password", "auth-key", "secure-auth-key", "logged-in-key", "nonce-key", "auth-salt", "secure-auth-salt", "logged-in-salt", "nonce-salt"]
{{- end }}

{{/* A pod that shares WordPress's volume, which one node at a time can mount, runs where WordPress runs. */}}
{{- define "store.besideWordPress" -}}
affinity:
  podAffinity:
    requiredDuringSchedulingIgnoredDuringExecution:
      - topologyKey: kubernetes.io/hostname
        labelSelector:
          matchLabels:
            {{- include "store.selector" (dict "root" . "component" "wordpress") | nindent 12 }}
{{- end }}

{{/* What set-up and cron have in common: environment, mounts, folder. */}}
{{- define "store.cliContainer" -}}
image: {{ include "store.image" .Values.images.cli }}
imagePullPolicy: {{ .Values.images.cli.pullPolicy }}
workingDir: /var/www/html
terminationMessagePolicy: FallbackToLogsOnError
{{ include "store.containerSecurity" . }}
volumeMounts:
  - {name: html, mountPath: /var/www/html}
  - {name: scripts, mountPath: /opt/store, readOnly: true}
  - {name: scripts, mountPath: /usr/local/etc/php/conf.d/zz-store.ini, subPath: cli.ini, readOnly: true}
  - {name: secrets, mountPath: /run/secrets/store, readOnly: true}
  - {name: rotated, mountPath: /run/secrets/rotated, readOnly: true}
  - {name: tmp, mountPath: /tmp}
{{- end }}

{{- define "store.cliVolumes" -}}
- name: html
  persistentVolumeClaim:
    claimName: {{ .Release.Name }}-wordpress
- name: scripts
  configMap:
    name: {{ .Release.Name }}-scripts
- name: tmp
  emptyDir: {}
{{- end }}

{{- define "store.pullSecrets" -}}
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- end }}

{{- define "store.storageClass" -}}
{{- with .Values.storageClassName }}
storageClassName: {{ . }}
{{- end }}
{{- end }}

{{/* A person's words as a variable's value: Kubernetes would put another variable in the place of $(NAME). */}}
{{- define "store.literal" -}}
{{ . | replace "$(" "$$(" | quote }}
{{- end }}
