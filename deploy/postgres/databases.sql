-- One for each store; that of erasures is restored from no backup (docs/operating.md).
CREATE DATABASE gateway;
CREATE DATABASE tracker;
CREATE DATABASE cases;
CREATE DATABASE erasures;
