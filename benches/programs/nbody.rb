class Body
  attr_accessor :x, :y, :z, :vx, :vy, :vz, :m

  def initialize(x, y, z, vx, vy, vz, m)
    @x = x
    @y = y
    @z = z
    @vx = vx
    @vy = vy
    @vz = vz
    @m = m
  end
end

PI = 3.141592653589793
SM = 4 * PI * PI
DP = 365.24

def system_of_bodies
  [
    Body.new(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, SM),
    Body.new(4.84143144246472090e+00, -1.16032004402742839e+00, -1.03622044471123109e-01,
             1.66007664274403694e-03 * DP, 7.69901118419740425e-03 * DP, -6.90460016972063023e-05 * DP, 9.54791938424326609e-04 * SM),
    Body.new(8.34336671824457987e+00, 4.12479856412430479e+00, -4.03523417114321381e-01,
             -2.76742510726411454e-03 * DP, 4.99852801234917238e-03 * DP, 2.30417297573763929e-05 * DP, 2.85885980666130812e-04 * SM),
    Body.new(1.28943695621391310e+01, -1.51111514016986312e+01, -2.23307578892655734e-01,
             2.96460137564761618e-03 * DP, 2.37847173959480950e-03 * DP, -2.96589568540237556e-05 * DP, 4.36624404335156298e-05 * SM),
    Body.new(1.53796971148509165e+01, -2.59193146099879641e+01, 1.79258772950371181e-01,
             2.68067772490389322e-03 * DP, 1.62824170038242295e-03 * DP, -9.51592254519715870e-05 * DP, 5.15138902046611451e-05 * SM),
  ]
end

def advance(bodies, dt, n)
  nb = bodies.length
  step = 0
  while step < n
    i = 0
    while i < nb
      a = bodies[i]
      j = i + 1
      while j < nb
        b = bodies[j]
        dx = a.x - b.x
        dy = a.y - b.y
        dz = a.z - b.z
        d2 = dx * dx + dy * dy + dz * dz
        mag = dt / (d2 * d2 ** 0.5)
        bm = b.m * mag
        am = a.m * mag
        a.vx -= dx * bm
        a.vy -= dy * bm
        a.vz -= dz * bm
        b.vx += dx * am
        b.vy += dy * am
        b.vz += dz * am
        j += 1
      end
      i += 1
    end
    i = 0
    while i < nb
      b = bodies[i]
      b.x += dt * b.vx
      b.y += dt * b.vy
      b.z += dt * b.vz
      i += 1
    end
    step += 1
  end
end

def energy(bodies)
  e = 0.0
  nb = bodies.length
  i = 0
  while i < nb
    b = bodies[i]
    e += 0.5 * b.m * (b.vx * b.vx + b.vy * b.vy + b.vz * b.vz)
    j = i + 1
    while j < nb
      c = bodies[j]
      dx = b.x - c.x
      dy = b.y - c.y
      dz = b.z - c.z
      e -= (b.m * c.m) / ((dx * dx + dy * dy + dz * dz) ** 0.5)
      j += 1
    end
    i += 1
  end
  e
end

def main
  bs = system_of_bodies
  px = py = pz = 0.0
  bs.each do |b|
    px += b.vx * b.m
    py += b.vy * b.m
    pz += b.vz * b.m
  end
  bs[0].vx = -px / SM
  bs[0].vy = -py / SM
  bs[0].vz = -pz / SM
  advance(bs, 0.01, 200000)
  puts format("%.6f", energy(bs))
end
main
