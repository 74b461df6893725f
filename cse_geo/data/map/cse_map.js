/* Layers of the cse_geo map, drawn on 2D canvas over Leaflet: no WebGL, no third-party plugin, no request but one
   for the basemap of this origin. Every string arrives HTML-escaped and is only ever put into text sinks. */
(function () {
  'use strict';
  var INK = '#1a1a1a', FONT = '"Source Sans 3", "Segoe UI", "Helvetica Neue", Arial, "Liberation Sans", sans-serif';
  var PANES = {base: 200, silent: 392, cells: 400, areas: 410, names: 420, hotspots: 430, chosen: 440};

  function bytes(text) {
    var raw = atob(text), out = new Uint8Array(raw.length);
    for (var i = 0; i < raw.length; i++) out[i] = raw.charCodeAt(i);
    return out;
  }
  function floats(text) { return new Float32Array(bytes(text).buffer); }
  function ints(text) { return new Int32Array(bytes(text).buffer); }
  /* Text that was HTML-escaped on the server, as plain text: a textarea holds no elements and runs nothing. */
  function plain(text) {
    var area = document.createElement('textarea');
    area.innerHTML = text == null ? '' : text;
    return area.value;
  }
  function node(tag, cls, text) {
    var out = document.createElement(tag);
    if (cls) out.className = cls;
    if (text != null) out.textContent = text;
    return out;
  }
  /* A click on a mark counts as a click on the map there: one way in for mouse and keyboard. */
  function spot(m, latlng) {
    m.fire('click', {latlng: latlng, containerPoint: m.latLngToContainerPoint(latlng),
      layerPoint: m.latLngToLayerPoint(latlng)});
  }

  /* ------------------------------------------------------------ one canvas per layer */
  var Canvas = L.Layer.extend({
    initialize: function (data) { this._d = data; },
    pane: 'cells', padding: 0.12,
    onAdd: function (m) {
      this._m = m;
      var pane = m.getPane('cse-' + this.pane) || m.createPane('cse-' + this.pane);
      pane.style.zIndex = PANES[this.pane];
      pane.style.pointerEvents = 'none';
      var c = this._c = L.DomUtil.create('canvas', 'leaflet-zoom-animated', pane);
      c.setAttribute('aria-hidden', 'true');
      c.style.position = 'absolute';
      m.on('moveend resize viewreset', this._ask, this);
      m.on('zoomanim', this._zooming, this);
      this.prepare();
      this._redraw();
    },
    onRemove: function (m) {
      m.off('moveend resize viewreset', this._ask, this);
      m.off('zoomanim', this._zooming, this);
      if (this._frame) cancelAnimationFrame(this._frame);
      this._frame = 0;
      this._c.remove();
    },
    prepare: function () {},
    _ask: function () {
      if (!this._frame) this._frame = requestAnimationFrame(L.bind(this._redraw, this));
    },
    _zooming: function (e) {
      var m = this._m, scale = m.getZoomScale(e.zoom, this._zoom);
      var half = m.getSize().multiplyBy(0.5 + this.padding);
      var at = half.multiplyBy(-scale).add(m.project(this._centre, e.zoom))
        .subtract(m._getNewPixelOrigin(e.center, e.zoom));
      L.DomUtil.setTransform(this._c, at, scale);
    },
    _redraw: function () {
      this._frame = 0;
      var m = this._m, size = m.getSize(), p = this.padding, d = window.devicePixelRatio || 1, c = this._c;
      var w = Math.round(size.x * (1 + 2 * p)), h = Math.round(size.y * (1 + 2 * p));
      this._zoom = m.getZoom();
      this._centre = m.getCenter();
      var corner = m.containerPointToLayerPoint(size.multiplyBy(-p)).round();
      c.width = w * d; c.height = h * d;
      c.style.width = w + 'px'; c.style.height = h + 'px';
      L.DomUtil.setTransform(c, corner, 1);
      var x = c.getContext('2d'), S = 256 * Math.pow(2, this._zoom), o = m.getPixelOrigin().add(corner);
      x.setTransform(d, 0, 0, d, 0, 0);
      x.lineJoin = 'round';
      /* (a, b) of the data -> pixels: a * S + tx, where data are offsets from `origin` on the unit Mercator square. */
      this.draw(x, {S: S, w: w, h: h, z: this._zoom, o: o}, this._d);
    },
    draw: function () {}
  });
  function shift(view, origin) { return {x: origin[0] * view.S - view.o.x, y: origin[1] * view.S - view.o.y}; }

  /* Rings of many shapes in one packed array: `ends` are the first coordinate after each ring. */
  function trace(x, view, pack, from, to) {
    var t = shift(view, pack.origin), S = view.S, xy = pack.xy, ends = pack.ends;
    for (var r = from; r < to; r++) {
      var a = r ? ends[r - 1] : 0, b = ends[r];
      if (a === b) continue;
      x.moveTo(xy[2 * a] * S + t.x, xy[2 * a + 1] * S + t.y);
      for (var i = a + 1; i < b; i++) x.lineTo(xy[2 * i] * S + t.x, xy[2 * i + 1] * S + t.y);
    }
  }
  function unpack(data) { return {origin: data.origin, xy: floats(data.xy), ends: ints(data.ends)}; }
  function boxes(pack) {
    var n = pack.ends.length, out = new Float32Array(4 * n);
    for (var r = 0; r < n; r++) {
      var x0 = 9, y0 = 9, x1 = -9, y1 = -9;
      for (var i = r ? pack.ends[r - 1] : 0; i < pack.ends[r]; i++) {
        var a = pack.xy[2 * i], b = pack.xy[2 * i + 1];
        if (a < x0) x0 = a; if (a > x1) x1 = a; if (b < y0) y0 = b; if (b > y1) y1 = b;
      }
      out[4 * r] = x0; out[4 * r + 1] = y0; out[4 * r + 2] = x1; out[4 * r + 3] = y1;
    }
    return out;
  }
  function seen(view, t, box, r) {
    var S = view.S;
    return box[4 * r] * S + t.x < view.w && box[4 * r + 2] * S + t.x > 0 &&
      box[4 * r + 1] * S + t.y < view.h && box[4 * r + 3] * S + t.y > 0;
  }

  /* ------------------------------------------------------------ drawn basemap */
  /* What never changes between runs (basemap, names, boundaries) is fetched once from our own origin. */
  var fetched = {};
  function background(layer, take) {
    var url = layer._d.url, root = document.documentElement;
    if (layer._taken || !url) return;
    layer._taken = true;
    fetched[url] = fetched[url] || fetch(url, {credentials: 'same-origin'}).then(function (r) {
      if (!r.ok) throw new Error('background ' + r.status);
      return r.json();
    });
    fetched[url].then(function (data) {
      take.call(layer, data);
      if (layer._c && layer._c.isConnected) layer._ask();
      root.setAttribute('data-cse-background', 'drawn');
    }).catch(function () { root.setAttribute('data-cse-background', 'missing'); });
  }
  function grow(z, at, most) { return Math.min(most, at * Math.pow(1.45, z - 11)); }
  var STYLE = {
    sea: {fill: '#dce8ef'}, land: {fill: '#f1efe9', line: '#9fb0b8', width: function () { return 1; }},
    town: {fill: '#e0dcd3', line: '#cfc9bd', width: function () { return 1; }},
    green: {fill: '#dcebd0'}, water: {fill: '#c3dbe8', line: '#c3dbe8', width: function (z) { return grow(z, 1, 6); }},
    road_minor: {line: '#d9d5cc', width: function (z) { return grow(z, 0.45, 7); }, from: 11},
    rail: {line: '#8d8d95', width: function (z) { return grow(z, 0.9, 2.4); }, dash: [7, 4], from: 10},
    road_major: {line: '#bfb6a3', width: function (z) { return grow(z, 1.4, 10); }}
  };
  var ORDER = ['sea', 'land', 'town', 'green', 'water', 'road_minor', 'rail', 'road_major'];
  var Basemap = Canvas.extend({
    pane: 'base', padding: 0.2,
    prepare: function () {
      background(this, function (data) {
        this._kinds = {};
        for (var k in data.kinds) {
          var pack = unpack(data.kinds[k]);
          pack.box = boxes(pack);
          this._kinds[k] = pack;
        }
      });
    },
    draw: function (x, view) {
      x.fillStyle = STYLE.sea.fill;
      x.fillRect(0, 0, view.w, view.h);
      if (!this._kinds) return;
      for (var i = 0; i < ORDER.length; i++) {
        var kind = ORDER[i], pack = this._kinds[kind], style = STYLE[kind];
        if (pack && kind !== 'sea' && view.z >= (style.from || 0)) this._kind(x, view, pack, style);
      }
    },
    _kind: function (x, view, pack, style) {
      var t = shift(view, pack.origin), batch = 0, self = this;
      x.fillStyle = style.fill || INK;
      x.strokeStyle = style.line || INK;
      x.lineWidth = style.width ? style.width(view.z) : 1;
      x.lineCap = 'round';
      x.setLineDash(style.dash || []);
      function flush() {
        if (style.fill && pack.ends.length) x.fill('evenodd');
        if (style.line) x.stroke();
        x.beginPath();
        batch = 0;
      }
      x.beginPath();
      if (style.fill && style.fill === STYLE.land.fill) {       /* islands and holes: one even-odd path */
        trace(x, view, pack, 0, pack.ends.length);
      } else {
        for (var r = 0; r < pack.ends.length; r++) {
          if (!seen(view, t, pack.box, r)) continue;
          trace(x, view, pack, r, r + 1);
          if (++batch === 60) flush.call(self);
        }
      }
      flush.call(self);
      x.setLineDash([]);
    }
  });

  /* Place names: the larger first, none over another. */
  var Names = Canvas.extend({
    pane: 'names', padding: 0.05,
    prepare: function () {
      background(this, function (data) {
        this._names = data.names.map(function (n) { return [n[0], n[1], n[2], plain(n[3])]; });
      });
    },
    draw: function (x, view) {
      var off = this._m.getSize().multiplyBy(this.padding), z = view.z, S = view.S, taken = [], held = this._m.cseTaken || {};
      for (var k in held) held[k].forEach(function (b) {
        taken.push([b[0] + off.x, b[1] + off.y, b[2] + off.x, b[3] + off.y]);
      });
      x.textAlign = 'center';
      x.textBaseline = 'middle';
      for (var i = 0; i < (this._names || []).length; i++) {
        var n = this._names[i], big = n[2];
        if (big < 1 && z < 11) continue;
        var px = n[0] * S - view.o.x, at = n[1] * S - view.o.y, py = at + 12;
        if (px < 0 || py < 0 || px > view.w || py > view.h) continue;
        var size = big >= 3 ? 17 : big >= 2 ? 15 : 13;
        x.font = (big >= 2 ? '600 ' : '400 ') + size + 'px ' + FONT;
        var w = x.measureText(n[3]).width / 2 + 4, box = [px - w, py - size * 0.7, px + w, py + size * 0.7];
        if (taken.some(function (b) { return b[0] < box[2] && b[2] > box[0] && b[1] < box[3] && b[3] > box[1]; }))
          continue;
        taken.push(box);
        halo(x, n[3], px, py, '#2f3437', 4);
        x.beginPath();
        x.arc(px, at, 2.6, 0, 7);
        x.strokeStyle = '#fff'; x.lineWidth = 2; x.stroke();
        x.fill();
      }
    }
  });
  function halo(x, text, px, py, colour, width) {
    x.lineJoin = 'round';
    x.strokeStyle = 'rgba(255,255,255,.92)';
    x.lineWidth = width;
    x.strokeText(text, px, py);
    x.fillStyle = colour;
    x.fillText(text, px, py);
  }

  /* ------------------------------------------------------------ hexagons */
  /* The path is flushed every 50 hexagons: one path per class is 60 times slower at 50,000 cells. */
  var Hexes = Canvas.extend({
    pane: 'cells',
    prepare: function () {
      if (this._xy) return;
      this._xy = floats(this._d.xy);
      var cls = bytes(this._d.cls), by = this._d.palette.map(function () { return []; });
      for (var i = 0; i < cls.length; i++) by[cls[i]].push(i);
      this._by = by;
    },
    draw: function (x, view, d) {
      var t = shift(view, d.origin), S = view.S, xy = this._xy, edge = view.z >= 11 ? 0.9 : 0.7;
      for (var q = 0; q < d.palette.length; q++) {
        var list = this._by[q], batch = 0;
        x.fillStyle = d.palette[q];
        x.strokeStyle = '#33383d';
        x.lineWidth = edge;
        x.beginPath();
        for (var k = 0; k < list.length; k++) {
          var a = list[k] * 12, px = xy[a] * S + t.x, py = xy[a + 1] * S + t.y;
          if (px < -150 || py < -150 || px > view.w + 150 || py > view.h + 150) continue;
          x.moveTo(px, py);
          for (var j = 2; j < 12; j += 2) x.lineTo(xy[a + j] * S + t.x, xy[a + j + 1] * S + t.y);
          x.closePath();
          if (++batch % 50 === 0) { paint(x, d.opacity, d.picture); x.beginPath(); }
        }
        paint(x, d.opacity, d.picture);
      }
      if (d.picture) return;
      document.documentElement.setAttribute('data-cse-cells', String(xy.length / 12));
      document.documentElement.setAttribute('data-cse-drawn', d.stamp);
    }
  });
  function paint(x, opacity, plain) {
    x.globalAlpha = opacity;
    x.fill();
    x.globalAlpha = 1;
    if (!plain) x.stroke();
  }

  /* ------------------------------------------------------------ lines, hatching, outlines */
  var Lines = Canvas.extend({
    pane: 'areas',
    onRemove: function (m) {
      Canvas.prototype.onRemove.call(this, m);
      if (m.cseTaken) delete m.cseTaken[this._d.layer];
    },
    prepare: function () {
      background(this, function (data) {
        var layer = data.areas[this._d.layer];
        if (!layer) return;
        this._p = unpack(layer.lines);
        this._p.box = boxes(this._p);
        this._words = layer.labels.map(function (n) { return [n[0], n[1], plain(n[2])]; });
      });
    },
    draw: function (x, view, d) {
      if (!this._p) return;
      var p = this._p, s = d.style, t = shift(view, p.origin), r, n = 0;
      function ring(width, colour, dash) {
        x.lineWidth = width; x.strokeStyle = colour; x.setLineDash(dash || []); x.lineCap = dash ? 'butt' : 'round';
        x.beginPath();
        for (r = 0, n = 0; r < p.ends.length; r++) {
          if (!seen(view, t, p.box, r)) continue;
          trace(x, view, p, r, r + 1);
          if (++n % 60 === 0) { x.stroke(); x.beginPath(); }
        }
        x.stroke();
      }
      if (s.casing) ring(s.width + 2 * s.casing, 'rgba(255,255,255,.85)');
      ring(s.width, s.colour, s.dash);
      x.setLineDash([]);
      this._labels(x, view, d);
    },
    _labels: function (x, view, d) {
      var list = this._words, S = view.S, s = d.style;
      this._m.cseTaken = this._m.cseTaken || {};
      delete this._m.cseTaken[d.layer];
      if (view.z < (s.labelsFrom || 0) || view.z > (s.labelsTo || 99)) return;
      x.textAlign = 'center'; x.textBaseline = 'middle';
      x.font = (s.weight || '400') + ' ' + s.size + 'px ' + FONT;
      var taken = this._m.cseTaken[d.layer] = [], off = this._m.getSize().multiplyBy(this.padding);
      if ('letterSpacing' in x) x.letterSpacing = s.spacing || '0px';
      for (var i = 0; i < list.length; i++) {
        var px = list[i][0] * S - view.o.x, py = list[i][1] * S - view.o.y, w = x.measureText(list[i][2]).width / 2 + 3;
        halo(x, list[i][2], px, py, s.colour, 4);
        taken.push([px - w - off.x, py - s.size * 0.7 - off.y, px + w - off.x, py + s.size * 0.7 - off.y]);
      }
      if ('letterSpacing' in x) x.letterSpacing = '0px';
    }
  });
  var Hatch = Canvas.extend({
    pane: 'silent',
    prepare: function () { if (!this._p) this._p = unpack(this._d); },
    draw: function (x, view) {
      if (!this._p.ends.length) return;
      x.save();
      x.beginPath();
      trace(x, view, this._p, 0, this._p.ends.length);
      x.clip('evenodd');
      x.fillStyle = 'rgba(90,90,90,.10)';
      x.fillRect(0, 0, view.w, view.h);
      x.strokeStyle = 'rgba(70,70,70,.55)';
      x.lineWidth = 1.4;
      x.beginPath();
      for (var k = -view.h; k < view.w; k += 11) { x.moveTo(k, view.h); x.lineTo(k + view.h, 0); }
      x.stroke();
      x.restore();
    }
  });
  var Outlines = Canvas.extend({
    pane: 'hotspots',
    prepare: function () { if (!this._p) this._p = unpack(this._d); this._labels(); },
    onRemove: function (m) {
      Canvas.prototype.onRemove.call(this, m);
      (this._marks || []).forEach(function (k) { k.remove(); });
      this._marks = [];
    },
    draw: function (x, view, d) {
      var p = this._p, self = this;
      function all(colour, width) {
        x.strokeStyle = colour; x.lineWidth = width; x.beginPath();
        trace(x, view, p, 0, p.ends.length);
        x.stroke();
      }
      all('rgba(255,255,255,.95)', 7);
      if (d.dash) x.setLineDash(d.dash);
      all(d.colour || INK, d.width || 3.4);
      x.setLineDash([]);
      d.spots.forEach(function (s) {
        if (s.id !== d.chosen) return;
        x.beginPath();
        trace(x, view, p, s.from, s.to);
        x.strokeStyle = '#fff'; x.lineWidth = 11; x.stroke();
        x.strokeStyle = '#d6006c'; x.lineWidth = 7; x.stroke();
        x.strokeStyle = INK; x.lineWidth = 2; x.stroke();
      });
      self._focus(d);
    },
    _labels: function () {
      var m = this._m, d = this._d;
      this._marks = d.spots.map(function (s) {
        var face = node('span', 'cse-rank' + (s.id === d.chosen ? ' cse-chosen' : ''), plain(s.label));
        var mark = L.marker([s.lat, s.lon], {keyboard: true, riseOnHover: true, zIndexOffset: 1000,
          icon: L.divIcon({className: 'cse-rank-box', html: face, iconSize: [30, 30], iconAnchor: [15, 15]})});
        function act() { spot(m, L.latLng(s.lat, s.lon)); }
        mark.on('click', function (e) { L.DomEvent.stop(e); act(); });
        mark.addTo(m);
        name(mark, plain(s.words), act);
        return mark;
      });
    },
    /* A row chosen in the table brings its hotspot into view, once. */
    _focus: function (d) {
      if (!d.focus || window.__cseFocus === d.focus.stamp) return;
      window.__cseFocus = d.focus.stamp;
      var m = this._m, b = L.latLngBounds(d.focus.bounds);
      setTimeout(function () { m.fitBounds(b.pad(0.8), {maxZoom: 14, animate: false}); }, 0);
    }
  });
  /* ------------------------------------------------------------ flows between areas: width is the count */
  var Flows = Canvas.extend({
    pane: 'areas',
    draw: function (x, view, d) {
      var S = view.S;
      d.flows.forEach(function (f) {
        var ax = f.xy[0] * S - view.o.x, ay = f.xy[1] * S - view.o.y;
        var bx = f.xy[2] * S - view.o.x, by = f.xy[3] * S - view.o.y;
        var dx = bx - ax, dy = by - ay, cx = (ax + bx) / 2 - dy * 0.16, cy = (ay + by) / 2 + dx * 0.16;
        if (dx * dx + dy * dy < 16) return;
        [['rgba(255,255,255,.85)', f.width + 2.4], [f.colour, f.width]].forEach(function (pen) {
          x.strokeStyle = pen[0]; x.lineWidth = pen[1]; x.lineCap = 'butt';
          x.setLineDash(f.dash || []);
          x.beginPath(); x.moveTo(ax, ay); x.quadraticCurveTo(cx, cy, bx, by); x.stroke();
        });
        x.setLineDash([]);
        if (f.arrow) {
          var a = Math.atan2(by - cy, bx - cx), s = 8 + f.width;
          x.fillStyle = f.colour; x.beginPath(); x.moveTo(bx, by);
          x.lineTo(bx - s * Math.cos(a - 0.4), by - s * Math.sin(a - 0.4));
          x.lineTo(bx - s * Math.cos(a + 0.4), by - s * Math.sin(a + 0.4)); x.closePath(); x.fill();
        }
        x.font = '600 13px ' + FONT; x.textAlign = 'center'; x.textBaseline = 'middle';
        halo(x, plain(f.label), (ax + 2 * cx + bx) / 4, (ay + 2 * cy + by) / 4, '#1a1a1a', 4);
      });
    }
  });
  function name(mark, words, act) {
    var el = mark.getElement();
    if (!el) return;
    el.addEventListener('keydown', function (e) {
      if (e.key !== 'Enter' && e.key !== ' ') return;
      e.preventDefault();
      act();
    });
    el.setAttribute('role', 'button');
    el.setAttribute('aria-label', words);
    el.setAttribute('title', words);
  }

  /* ------------------------------------------------------------ places as marks: shape tells the group */
  var SHAPES = {
    food_retail_service: ['#b34700', '<rect x="4" y="4" width="14" height="14" rx="1.5"/>'],
    hospitality: ['#7a3e9d', '<path d="M11 2 20 11 11 20 2 11Z"/>'],
    taxi: ['#1a1a1a', '<path d="M11 3 20 18H2Z"/>'],
    transport: ['#0054a3', '<path d="M7 3h8l5 8-5 8H7l-5-8Z"/>'],
    'public': ['#1f6b2e', '<circle cx="11" cy="11" r="7.5"/>'],
    leisure: ['#8f1d5b', '<path d="m11 2 2.6 5.9 6.4.6-4.8 4.3 1.4 6.3L11 15.8l-5.6 3.3 1.4-6.3L2 8.5l6.4-.6Z"/>'],
    other: ['#4d4d4d', '<path d="M8 3h6v5h5v6h-5v5H8v-5H3V8h5Z"/>']
  };
  function shape(group) {
    var s = SHAPES[group] || SHAPES.other, box = node('span', 'cse-place');
    box.innerHTML = '<svg viewBox="0 0 22 22" width="22" height="22" aria-hidden="true" fill="' + s[0] +
      '" stroke="#fff" stroke-width="1.6">' + s[1] + '</svg>';          /* constants of this file only */
    return box;
  }
  var Places = L.Layer.extend({
    initialize: function (data) { this._d = data; },
    onAdd: function (m) {
      this._m = m;
      this._marks = {};
      m.on('moveend', this._show, this);
      this._show();
    },
    onRemove: function (m) {
      m.off('moveend', this._show, this);
      for (var k in this._marks) this._marks[k].remove();
      this._marks = {};
    },
    _show: function () {
      var m = this._m, d = this._d, b = m.getBounds().pad(0.05), c = m.getCenter(), keep = {}, self = this;
      var near = [];
      if (m.getZoom() >= d.from) d.places.forEach(function (p, i) {
        if (b.contains([p[0], p[1]])) near.push([Math.pow(p[0] - c.lat, 2) + Math.pow(p[1] - c.lng, 2), i]);
      });
      near.sort(function (p, q) { return p[0] - q[0]; });
      near.slice(0, d.most).forEach(function (n) { keep[n[1]] = true; });
      for (var k in this._marks) if (!keep[k]) { this._marks[k].remove(); delete this._marks[k]; }
      for (var i in keep) if (!this._marks[i]) this._marks[i] = self._mark(d.places[i]);
      m.fire('cse:places', {shown: Math.min(near.length, d.most), within: near.length,
        all: d.places.length, from: d.from});
    },
    _mark: function (p) {
      var words = plain(p[3]);
      var mark = L.marker([p[0], p[1]], {keyboard: true,
        icon: L.divIcon({className: 'cse-place-box', html: shape(p[2]), iconSize: [26, 26], iconAnchor: [13, 13]})});
      mark.bindPopup(node('p', 'cse-popup', words), {closeButton: true, maxWidth: 260});
      mark.addTo(this._m);
      name(mark, words, function () { mark.togglePopup(); });
      return mark;
    }
  });

  /* ------------------------------------------------------------ panel of layers; it survives a filter change */
  var Panel = L.Control.extend({
    options: {position: 'topright'},
    onAdd: function (m) {
      this._m = m;
      this._rows = {};
      var box = this._box = node('div', 'cse-panel');
      L.DomEvent.disableClickPropagation(box);
      L.DomEvent.disableScrollPropagation(box);
      var fold = this._fold = node('button', 'cse-fold', 'Layers');
      fold.type = 'button';
      fold.setAttribute('aria-expanded', 'true');
      var list = this._list = node('fieldset', 'cse-layers');
      list.appendChild(node('legend', 'cse-only', 'Layers shown on the map'));
      fold.onclick = function () {
        var open = list.hidden;
        list.hidden = !open;
        fold.setAttribute('aria-expanded', String(open));
      };
      list.hidden = true;                                     /* open, it would hide a part of the map */
      fold.setAttribute('aria-expanded', 'false');
      box.appendChild(fold);
      box.appendChild(list);
      m.on('cse:places', function (e) {
        var row = this._rows.places;
        if (row) row.note.textContent = m.getZoom() < e.from ? 'zoom in to see them' :
          e.within > e.shown ? e.shown + ' of ' + e.within + ' in view: zoom in' : e.within + ' in view';
      }, this);
      return box;
    },
    put: function (d, layer) {
      var row = this._rows[d.key], m = this._m;
      if (!row) row = this._rows[d.key] = this._row(d);
      if (row.layer && row.layer !== layer) m.removeLayer(row.layer);
      row.layer = layer;
      row.text.textContent = plain(d.name);
      if (d.note != null) row.note.textContent = plain(d.note);
      if (row.tick.checked) m.addLayer(layer);
    },
    _row: function (d) {
      var label = node('label', 'cse-layer'), tick = node('input'), self = this;
      tick.type = 'checkbox';
      tick.checked = d.on !== false;
      var swatch = node('span', 'cse-swatch cse-swatch-' + d.key);
      swatch.setAttribute('aria-hidden', 'true');
      if (d.line) { swatch.style.height = 0; swatch.style.borderTop = plain(d.line); }
      var words = node('span', 'cse-words'), text = node('span', 'cse-name'), note = node('span', 'cse-note');
      words.appendChild(text);
      words.appendChild(note);
      label.style.order = d.order;
      label.appendChild(tick); label.appendChild(swatch); label.appendChild(words);
      tick.onchange = function () {
        var row = self._rows[d.key];
        if (!row.layer) return;
        if (tick.checked) self._m.addLayer(row.layer); else self._m.removeLayer(row.layer);
      };
      this._list.appendChild(label);
      return {tick: tick, text: text, note: note, layer: null};
    }
  });
  var North = L.Control.extend({
    options: {position: 'bottomleft'},
    onAdd: function () {
      var box = node('div', 'cse-north');
      box.setAttribute('role', 'img');
      box.setAttribute('aria-label', 'North is up');
      box.innerHTML = '<svg viewBox="0 0 24 34" width="24" height="34" aria-hidden="true"><path d="M12 1 20 22 12 17 4 22Z"' +
        ' fill="#1a1a1a" stroke="#fff" stroke-width="1.5"/><text x="12" y="33" text-anchor="middle" font-size="11"' +
        ' font-weight="700" fill="#1a1a1a">N</text></svg>';
      return box;
    }
  });
  var Stamp = L.Control.extend({
    options: {position: 'bottomright'},
    onAdd: function () { return node('div', 'cse-stamp', plain(this.options.words)); }
  });

  var KINDS = {basemap: Basemap, names: Names, hexes: Hexes, lines: Lines, hatch: Hatch, outlines: Outlines,
    places: Places, flows: Flows};
  window.CseMap = {
    /* Base map: panel, north arrow, stamp. Constant between runs. */
    furnish: function (m, d) {
      m.attributionControl && m.attributionControl.setPrefix(false);
      /* Leaflet focuses the map on a first click; a browser then scrolls the page and the click is lost. */
      m._container.focus = function () { HTMLElement.prototype.focus.call(this, {preventScroll: true}); };
      m.cse = new Panel().addTo(m);
      m._container.setAttribute('role', 'application');
      m._container.setAttribute('aria-label', plain(d.words));
      new North().addTo(m);
      if (d.stamp) new Stamp({words: d.stamp}).addTo(m);
    },
    /* A layer of the base map or, inside a feature group, one that a filter change replaces. */
    make: function (kind, data) { return new KINDS[kind](data); },
    put: function (m, d, layer) { m.cse ? m.cse.put(d, layer) : m.addLayer(layer); }
  };
})();
